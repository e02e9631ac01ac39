/** How it is, for people. */
import { can, FaultlineError, type Principal } from "@faultline/contract";
import type { Verifier } from "@faultline/identity";
import { Router } from "express";
import { bearerToken } from "../access/caller.ts";
import type { SessionServices } from "../session.ts";
import type { Health } from "./health.ts";

export interface StatusOptions {
  readonly verify: Verifier;
  readonly health: Health;
  readonly version: string;
  readonly services: Pick<SessionServices, "dispatch" | "ingest">;
}

/** GET /status: whether it is well, for anybody; an admin, by their token, sees their own organization's numbers too. */
export function createStatusRoutes(options: StatusOptions): Router {
  const { verify, health, version, services } = options;
  const { dispatch, ingest } = services;
  const router = Router();
  router.get("/status", async (request, response) => {
    response.set("Cache-Control", "no-store");
    const status = statusOf(health);
    if (request.headers.authorization === undefined) return response.json({ status });
    const principal = await verify(bearerToken(request));
    assertMaySee(principal);
    const { organizationId } = principal;
    return response.json({
      status,
      version,
      uptimeSeconds: Math.round(process.uptime()),
      redis: health.isRedisUp() ? "up" : "down",
      // Of this relay: there may be others.
      organization: {
        id: organizationId,
        ...dispatch.presence(organizationId),
        position: ingest.position(organizationId) ?? null,
      },
    });
  });
  return router;
}

function statusOf(health: Health): "ok" | "draining" | "unavailable" {
  if (health.isDraining()) return "draining";
  return health.isRedisUp() ? "ok" : "unavailable";
}

/** Whoever manages the whole organization's members: it is about what those do. */
function assertMaySee(principal: Principal): void {
  if (can(principal, "members")) return;
  throw new FaultlineError("permission-missing", "Only an admin of the whole organization may see this.");
}
