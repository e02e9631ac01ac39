/** What the platform asks. */
import { Router } from "express";

export interface Health {
  isRedisUp(): boolean;
  isDraining(): boolean;
}

/** /healthz is 200 while the process lives; /readyz is 503, and says why, while it should get no new clients. */
export function createHealthRoutes(health: Health): Router {
  const router = Router();
  router.get("/healthz", (_request, response) => {
    response.json({ status: "ok" });
  });
  router.get("/readyz", (_request, response) => {
    const failing = [...(health.isRedisUp() ? [] : ["redis"]), ...(health.isDraining() ? ["draining"] : [])];
    const isReady = failing.length === 0;
    response.status(isReady ? 200 : 503).json({ status: isReady ? "ready" : "unavailable", failing });
  });
  return router;
}
