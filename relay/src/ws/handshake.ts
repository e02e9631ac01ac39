/** Who may open a socket at all: decided before Engine.IO has done anything for it. */
import { type IncomingMessage, ServerResponse } from "node:http";
import { FaultlineError } from "@faultline/contract";
import type { Logger } from "pino";
import type { ServerOptions } from "socket.io";
import { isAllowedOrigin, type Origins } from "../access/origins.ts";
import type { Admission } from "../admission/admission.ts";
import { sendProblem } from "../http/problem.ts";
import { refusalOf } from "../http/refusal.ts";
import { securityHeaders } from "../http/security.ts";
import type { Metrics } from "../metrics/metrics.ts";

export interface HandshakeOptions {
  readonly origins: Origins;
  readonly admission: Pick<Admission, "admit">;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export type AllowRequest = NonNullable<ServerOptions["allowRequest"]>;

/** Engine.IO asks for every new connection, by either of its transports. */
export function createAllowRequest({ origins, admission, logger, metrics }: HandshakeOptions): AllowRequest {
  return (request, decide) => {
    try {
      admission.admit();
      assertAllowed(origins, request.headers.origin);
    } catch (error) {
      const refusal = refusalOf(error, logger);
      metrics.refused("socket", refusal.reason);
      // Engine.IO is told nothing: it would answer 400, and say neither why nor when to come back.
      refuse(request, refusal);
      return;
    }
    decide(null, true);
  };
}

/** The origin is not repeated: it is whatever the client sent. */
function assertAllowed(origins: Origins, origin: string | undefined): void {
  if (isAllowedOrigin(origins, origin)) return;
  throw new FaultlineError("origin-refused", "Pages of this origin may not connect; see FAULTLINE_ORIGINS.");
}

function refuse(request: IncomingMessage & { readonly res?: ServerResponse }, refusal: FaultlineError): void {
  if (request.res) sendProblem(request.res, refusal);
  else refuseUpgrade(request, refusal);
}

/** A request that asks for an upgrade comes without a response. */
function refuseUpgrade(request: IncomingMessage, refusal: FaultlineError): void {
  const { socket } = request;
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once("finish", () => socket.destroySoon());
  socket.on("error", () => socket.destroy());
  securityHeaders(request, response, () => sendProblem(response, refusal));
}
