/** Routes of the heat map and the stats. */
import { idSchema } from "@faultline/contract";
import { Router } from "express";
import { z } from "zod";
import type { HeatService } from "../service/heat.ts";
import type { Endpoint } from "./endpoint.ts";

const heatmapSchema = z.strictObject({ campusId: idSchema.optional() });
const statsSchema = heatmapSchema.extend({ buildingId: idSchema.optional() });

export function heatRoutes(endpoint: Endpoint, heat: HeatService): Router {
  const router = Router();
  router.get(
    "/heatmap",
    endpoint(async (call) => ({
      body: { cells: await heat.cells(call.principal, call.query(heatmapSchema)) },
    })),
  );
  router.get(
    "/stats",
    endpoint(async (call) => ({
      body: await heat.stats(call.principal, call.query(statsSchema)),
    })),
  );
  router.post(
    "/heatmap/rebuild",
    endpoint(async ({ principal }) => ({
      body: { cells: await heat.rebuild(principal) },
    })),
  );
  return router;
}
