/** Relays that listen on a free port. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createVerifier } from "@faultline/identity";
import { waitUntil } from "@faultline/local/process";
import { inject } from "vitest";
import { buildRelay, type RelayOptions } from "../src/relay.ts";
import { fronts } from "../src/ws/ws.ts";
import { silent } from "./services.ts";

export interface RunningRelay {
  /** Where it listens, as http://host:port. */
  readonly url: string;
  /** Waits until it is ready. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

export type RunOptions = Pick<RelayOptions, "firestore"> & Partial<RelayOptions>;

/** Starts a relay on the run's Redis that accepts unsigned tokens, unless told otherwise, and waits until it is ready. */
export async function runRelay(options: RunOptions): Promise<RunningRelay> {
  const relay = await listen(options);
  await relay.ready();
  return relay;
}

/** Starts a relay without waiting for its Redis. */
export async function listen(options: RunOptions): Promise<RunningRelay> {
  // Tests are in more of a hurry than clients, on a machine that is overloaded by running them.
  const handshakes = { perSecond: 1e6, burst: 1e6 };
  const front = fronts.find((name) => name === process.env.FAULTLINE_FRONT);
  const admission = { lagMs: Infinity, handshakes, ...options.limits?.admission };
  const relay = buildRelay({
    redisUrl: inject("redisUrl"),
    verify: createVerifier({ projectId: inject("projectId"), emulated: true }),
    origins: "any",
    logger: silent,
    ...(front && { front }),
    ...options,
    limits: { ...options.limits, admission },
  });
  relay.server.listen(0, "127.0.0.1");
  await once(relay.server, "listening");
  const { port } = relay.server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    ready: () =>
      waitUntil(async () => (await fetch(`${url}/readyz`)).ok, { what: "the relay", timeoutMs: 10_000 }).then(
        () => {},
      ),
    close: relay.close,
  };
}
