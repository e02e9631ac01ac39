/** What Prometheus reads. */
import { createHash, timingSafeEqual } from "node:crypto";
import { FaultlineError } from "@faultline/contract";
import { Router } from "express";
import { bearerToken } from "../access/caller.ts";
import type { Exposition } from "../metrics/prometheus.ts";

/** GET /metrics; with a `token`, only for whoever sends it as `Authorization: Bearer`. */
export function createMetricsRoutes(exposition: Exposition, token: string | undefined): Router {
  const router = Router();
  router.get("/metrics", async (request, response) => {
    if (token !== undefined && !isEqual(bearerToken(request) ?? "", token)) throw refusal();
    response.set("Content-Type", exposition.contentType).send(await exposition.text());
  });
  return router;
}

function refusal(): FaultlineError {
  return new FaultlineError("token-invalid", "Send FAULTLINE_METRICS_TOKEN as a bearer token.", {
    field: "Authorization",
  });
}

/** In a time that says nothing about how much of it is right. */
function isEqual(given: string, expected: string): boolean {
  return timingSafeEqual(digest(given), digest(expected));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
