/** Routes of campuses and buildings. */
import {
  buildingSchema,
  campusSchema,
  idSchema,
  updateBuildingSchema,
  updateCampusSchema,
} from "@faultline/contract";
import { Router } from "express";
import { z } from "zod";
import type { PlaceService } from "../service/places.ts";
import { buildingBodyLimit } from "./body.ts";
import { createdReply, type Endpoint } from "./endpoint.ts";

const onCampusSchema = z.strictObject({ campusId: idSchema.optional() });

export function placeRoutes(endpoint: Endpoint, places: PlaceService): Router {
  const router = Router();
  router.get(
    "/campuses",
    endpoint(async ({ principal }) => ({
      body: { items: await places.campuses(principal) },
    })),
  );
  router.post(
    "/campuses",
    endpoint(async (call) => {
      const campus = await places.createCampus(call.principal, await call.body(campusSchema));
      return createdReply(`/campuses/${campus.id}`, { body: campus });
    }),
  );
  router.patch(
    "/campuses/:id",
    endpoint(async (call) => {
      const change = await call.body(updateCampusSchema);
      return { body: await places.updateCampus(call.principal, call.id("campus-unknown"), change) };
    }),
  );
  router.delete(
    "/campuses/:id",
    endpoint(async (call) => {
      await places.deleteCampus(call.principal, call.id("campus-unknown"));
      return {};
    }),
  );
  router.get(
    "/buildings",
    endpoint(async (call) => ({
      body: { items: await places.buildings(call.principal, call.query(onCampusSchema)) },
    })),
  );
  router.post(
    "/buildings",
    endpoint(async (call) => {
      const building = await places.createBuilding(
        call.principal,
        await call.body(buildingSchema, buildingBodyLimit),
      );
      return createdReply(`/buildings/${building.id}`, { body: building });
    }),
  );
  router.patch(
    "/buildings/:id",
    endpoint(async (call) => {
      const change = await call.body(updateBuildingSchema, buildingBodyLimit);
      return { body: await places.updateBuilding(call.principal, call.id("building-unknown"), change) };
    }),
  );
  router.delete(
    "/buildings/:id",
    endpoint(async (call) => {
      await places.deleteBuilding(call.principal, call.id("building-unknown"));
      return {};
    }),
  );
  return router;
}
