/** Answers whoever sends more than it may, in place of those who would. */
import { FaultlineError } from "@faultline/contract";
import type { Socket } from "socket.io";
import { type Metrics, messageNames } from "../metrics/metrics.ts";
import { callbackOf } from "./answers.ts";
import type { Inbound } from "./inbound.ts";

type Throttle = Parameters<Socket["use"]>[0];

export function createThrottle(
  inbound: Pick<Inbound, "takeMessage">,
  metrics: Pick<Metrics, "received">,
): Throttle {
  return ([name, ...args], next) => {
    const retryAfterMs = inbound.takeMessage();
    if (retryAfterMs === 0) return next();
    const refusal = new FaultlineError("rate-limited", "You send more than you may; wait.", { retryAfterMs });
    const known = messageNames.find((message) => message === name);
    if (known) metrics.received(known, refusal.reason);
    callbackOf(args)({ ok: false, error: refusal.toBody() });
  };
}
