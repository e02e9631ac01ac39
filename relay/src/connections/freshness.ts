/** Tells clients when what they see may be old because Redis is out, and when that is over. */
import type { Cancel, Clock } from "../base/clock.ts";
import { isoTime } from "../base/clock.ts";
import type { Ingest } from "../ingest/ingest.ts";
import type { RedisLink } from "../ingest/redis.ts";
import type { Connections } from "./connections.ts";

export interface FreshnessOptions {
  readonly link: Pick<RedisLink, "onChange">;
  readonly ingest: Pick<Ingest, "caughtUp">;
  readonly connections: Pick<Connections, "stale" | "fresh">;
  readonly clock: Clock;
}

/** A connection to Redis that is made anew at once is nothing that people need to be told of. */
const staleMs = 1_000;

/** It is over when Redis is back and the logs have been caught up with, both without another loss in between. */
export function watchFreshness({ link, ingest, connections, clock }: FreshnessOptions): void {
  let cancelTelling: Cancel | undefined;
  let changes = 0;

  const doubt = () => {
    const since = isoTime(clock.now());
    cancelTelling ??= clock.after(staleMs, () => connections.stale({ since }));
  };
  const trust = async (change: number) => {
    await ingest.caughtUp();
    if (change !== changes) return;
    cancelTelling?.();
    cancelTelling = undefined;
    connections.fresh();
  };
  link.onChange((isUp) => {
    changes += 1;
    if (isUp) void trust(changes);
    else doubt();
  });
}
