/** The HTTP routes, put together. */
import express, { type Express, type Router } from "express";
import type { Logger } from "pino";
import { cors, type Origins } from "../access/origins.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { problems, unknownRoute } from "./problem.ts";
import { observeRequests } from "./request.ts";
import { securityHeaders } from "./security.ts";

export interface HttpOptions {
  readonly health: Router;
  /** What Prometheus reads. */
  readonly scrape: Router;
  readonly status: Router;
  readonly streams: Router;
  readonly origins: Origins;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export function createHttp(options: HttpOptions): Express {
  const { health, scrape, status, streams, origins, logger, metrics } = options;
  const app = express();
  app.disable("x-powered-by");
  app.use(securityHeaders);
  app.use(observeRequests(logger, metrics));
  app.use(health, scrape);
  app.use("/api/realtime", cors(origins), status, streams);
  app.use(unknownRoute);
  app.use(problems(metrics));
  return app;
}
