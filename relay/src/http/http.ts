/** The HTTP routes, put together. */
import express, { type Express, type Router } from "express";
import type { Logger } from "pino";
import { cors, type Origins } from "../access/origins.ts";
import { problems, unknownRoute } from "./problem.ts";

export interface HttpOptions {
  readonly health: Router;
  readonly streams: Router;
  readonly origins: Origins;
  readonly logger: Logger;
}

export function createHttp({ health, streams, origins, logger }: HttpOptions): Express {
  const app = express();
  app.disable("x-powered-by");
  app.use(health);
  app.use("/api/realtime", cors(origins), streams);
  app.use(unknownRoute);
  app.use(problems(logger));
  return app;
}
