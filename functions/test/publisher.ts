/** Publishers without an API around them. */
import type { Activity } from "@faultline/contract";
import type { Redis } from "ioredis";
import { inject } from "vitest";
import { createPublisher, createRedis, type Publisher, type Retention } from "../src/publisher/index.ts";
import { cleanUp } from "./cleanup.ts";

/** A publisher on a connection of its own, whose history is what is given. */
export function publisherOf(
  history: readonly Activity[] = [],
  retention: Partial<Retention> = {},
  url = inject("redisUrl"),
): Publisher & { readonly redis: Redis } {
  const redis = createRedis({ url });
  const publisher = createPublisher({
    redis,
    history: {
      between: async (_organizationId, _issueId, { after, before, since }) =>
        history.filter(({ version, time }) => version > after && version < before && time >= since),
    },
    retention: { entries: 1_000, seconds: 3_600, ...retention },
    connectTimeoutMs: 2_000,
  });
  cleanUp(publisher.close);
  return { ...publisher, redis };
}
