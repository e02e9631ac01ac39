/** Routes of buildings. */
import { buildingSchema, idSchema, updateBuildingSchema } from "@faultline/contract";
import { Router } from "express";
import { z } from "zod";
import type { BuildingService } from "../service/buildings.ts";
import { createdReply, type Endpoint } from "./endpoint.ts";

/** The longest body, whose outline can be long; a Firestore document holds no more. */
const bodyLimit = 1024 * 1024;
const onCampusSchema = z.strictObject({ campusId: idSchema.optional() });

export function buildingRoutes(endpoint: Endpoint, buildings: BuildingService): Router {
  const router = Router();
  router.get(
    "/buildings",
    endpoint(async (call) => ({
      body: { items: await buildings.list(call.principal, call.query(onCampusSchema)) },
    })),
  );
  router.post(
    "/buildings",
    endpoint(async (call) => {
      const building = await buildings.create(call.principal, await call.body(buildingSchema, bodyLimit));
      return createdReply(`/buildings/${building.id}`, { body: building });
    }),
  );
  router.patch(
    "/buildings/:id",
    endpoint(async (call) => {
      const change = await call.body(updateBuildingSchema, bodyLimit);
      return { body: await buildings.update(call.principal, call.id("building-unknown"), change) };
    }),
  );
  router.delete(
    "/buildings/:id",
    endpoint(async (call) => {
      await buildings.remove(call.principal, call.id("building-unknown"));
      return {};
    }),
  );
  return router;
}
