/** The first door of both transports: what can be told before it is known who asks, and costs next to nothing. */
import { FaultlineError } from "@faultline/contract";
import type { Logger } from "pino";
import type { Clock } from "../base/clock.ts";
import { jittered } from "../base/jitter.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { type Allowance, Bucket } from "./bucket.ts";
import { type OverloadLimits, overloadLimits, watchOverload } from "./overload.ts";
import { measureVitals, type Strain, type Vitals } from "./vitals.ts";

export interface Admission {
  /** Throws `relay-full`, which says when to come back, while the relay should take no new connection. */
  admit(): void;
  close(): void;
}

export interface AdmissionLimits extends OverloadLimits {
  /** New connections of this relay, whoever opens them. */
  readonly handshakes: Allowance;
  /** What the process may use at most. Default: what its container may. */
  readonly memoryBytes?: number | undefined;
}

/** A relay takes all of another's connections over within two seconds. */
export const admissionLimits: AdmissionLimits = {
  ...overloadLimits,
  handshakes: { perSecond: 500, burst: 500 },
};

/** How long whoever is refused should stay away at least; jittered up to twice that. */
const refusedMs = { rate: 1_000, overload: 5_000 } as const;

export interface AdmissionOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly limits?: Partial<AdmissionLimits> | undefined;
  /** Default: this process's own. */
  readonly vitals?: Vitals;
}

export function createAdmission(options: AdmissionOptions): Admission {
  const { clock, logger, metrics } = options;
  const limits = { ...admissionLimits, ...options.limits };
  const { vitals = measureVitals(limits.memoryBytes) } = options;
  const handshakes = new Bucket(limits.handshakes, clock);
  const onChange = (strain: Strain, isOverloaded: boolean) =>
    isOverloaded
      ? logger.warn({ strain }, "overloaded: new connections are refused")
      : logger.info({ strain }, "no longer overloaded");
  const overload = watchOverload({ vitals, limits, clock, metrics, onChange });
  return {
    admit() {
      if (overload.strain()) throw refusal("The relay is overloaded; try again.", refusedMs.overload);
      if (!handshakes.tryTake()) throw refusal("Too many connect at once; try again.", refusedMs.rate);
    },
    close: overload.close,
  };
}

function refusal(message: string, waitMs: number): FaultlineError {
  return new FaultlineError("relay-full", message, { retryAfterMs: jittered(waitMs) });
}
