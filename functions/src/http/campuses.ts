/** Routes of campuses. */
import { campusSchema, updateCampusSchema } from "@faultline/contract";
import { Router } from "express";
import type { CampusService } from "../service/campuses.ts";
import { createdReply, type Endpoint } from "./endpoint.ts";

export function campusRoutes(endpoint: Endpoint, campuses: CampusService): Router {
  const router = Router();
  router.get(
    "/campuses",
    endpoint(async ({ principal }) => ({ body: { items: await campuses.list(principal) } })),
  );
  router.post(
    "/campuses",
    endpoint(async (call) => {
      const campus = await campuses.create(call.principal, await call.body(campusSchema));
      return createdReply(`/campuses/${campus.id}`, { body: campus });
    }),
  );
  router.patch(
    "/campuses/:id",
    endpoint(async (call) => {
      const change = await call.body(updateCampusSchema);
      return { body: await campuses.update(call.principal, call.id("campus-unknown"), change) };
    }),
  );
  router.delete(
    "/campuses/:id",
    endpoint(async (call) => {
      await campuses.remove(call.principal, call.id("campus-unknown"));
      return {};
    }),
  );
  return router;
}
