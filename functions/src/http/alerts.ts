/** Routes of maintenance alerts. */
import { createAlertSchema } from "@faultline/contract";
import { Router } from "express";
import type { AlertService } from "../service/alerts.ts";
import { createdReply, type Endpoint } from "./endpoint.ts";
import { pageSchema } from "./page.ts";

export function alertRoutes(endpoint: Endpoint, alerts: AlertService): Router {
  const router = Router();
  router.get(
    "/alerts",
    endpoint(async (call) => ({
      body: await alerts.list(call.principal, call.query(pageSchema)),
    })),
  );
  router.post(
    "/alerts",
    endpoint(async (call) => {
      const alert = await alerts.create(call.principal, await call.body(createAlertSchema));
      return createdReply(`/alerts/${alert.id}`, { body: alert });
    }),
  );
  router.get(
    "/alerts/:id",
    endpoint(async (call) => ({
      body: await alerts.get(call.principal, call.id("alert-unknown")),
    })),
  );
  router.delete(
    "/alerts/:id",
    endpoint(async (call) => {
      await alerts.cancel(call.principal, call.id("alert-unknown"));
      return {};
    }),
  );
  return router;
}
