/** The REST API as an Express application. */
import { FaultlineError } from "@faultline/contract";
import type { Verifier } from "@faultline/identity";
import express, { type Express, Router } from "express";
import type { Service } from "../service/index.ts";
import { withTrace } from "../trace.ts";
import { alertRoutes } from "./alerts.ts";
import { buildingRoutes } from "./buildings.ts";
import { campusRoutes } from "./campuses.ts";
import { type AllowedOrigins, cors } from "./cors.ts";
import { createEndpoint } from "./endpoint.ts";
import { heatRoutes } from "./heat.ts";
import { issueRoutes } from "./issues.ts";
import { memberRoutes } from "./members.ts";
import { sendProblem } from "./problem.ts";
import { secure } from "./security.ts";

export interface ApiDeps {
  readonly service: Service;
  readonly verify: Verifier;
  /** Default "any". */
  readonly allowedOrigins?: AllowedOrigins;
  /** Whether changes carry the trace of the request that made them. Default false. */
  readonly isTraced?: boolean;
}

/** Builds the API and starts nothing. */
export function buildApi(deps: ApiDeps): Express {
  const { service, verify, allowedOrigins = "any", isTraced = false } = deps;
  const app = express();
  // Tags are versions, so Express must not make its own; repeated parameters come as lists, never as objects.
  app.disable("x-powered-by").disable("etag").set("query parser", "simple");
  app.use((request, response, next) => {
    secure(request, response);
    next();
  });
  app.use(cors(allowedOrigins));
  if (isTraced) app.use((request, _response, next) => withTrace(request.get("traceparent"), next));
  const endpoint = createEndpoint(verify);
  const routes = Router().use(
    issueRoutes(endpoint, service.issues),
    heatRoutes(endpoint, service.heat),
    campusRoutes(endpoint, service.campuses),
    buildingRoutes(endpoint, service.buildings),
    memberRoutes(endpoint, service.members),
    alertRoutes(endpoint, service.alerts),
  );
  // Hosting's rewrite keeps "/api" in the path; the function's own URL has it as the function's name, which is cut off.
  app.use("/api", routes);
  app.use(routes);
  app.use((request) => {
    throw new FaultlineError("route-unknown", `There is no ${request.method} ${request.path}.`);
  });
  app.use(sendProblem);
  return app;
}
