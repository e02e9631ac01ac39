/** Changes of members: whose token says something older is refused, and live connections hear of it. */
import {
  FaultlineError,
  isOutdated,
  type MemberChange,
  memberChangeSchema,
  type Principal,
  redisKeys,
} from "@faultline/contract";
import type { Verifier } from "@faultline/identity";
import type { Logger } from "pino";
import type { Clock } from "../base/clock.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { createLookup, type LookupRedis } from "./lookup.ts";

export interface MemberChanges {
  /** Takes what was pushed, from whomever: what is no change is logged and dropped. */
  receive(change: unknown): void;
  /** Calls `listener` with every change that was received. */
  onChange(listener: (change: MemberChange) => void): void;
  /** The change that made the principal's token outdated, among those that were received just now. */
  recent(principal: Principal): MemberChange | undefined;
  /** The same among all, by Redis; rejects while that does not answer. */
  find(principal: Principal): Promise<MemberChange | undefined>;
}

export interface MemberChangesOptions {
  readonly redis: LookupRedis;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** How long a change that was received is remembered: longer than any handshake takes. */
const recentMs = 60_000;

export function createMemberChanges(options: MemberChangesOptions): MemberChanges {
  const { redis, clock, logger, metrics } = options;
  const lookup = createLookup(redis);
  const received = new Map<string, MemberChange>();
  const listeners: ((change: MemberChange) => void)[] = [];

  const parse = (change: unknown): MemberChange | undefined => {
    const { data, error } = memberChangeSchema.safeParse(change);
    if (data) return data;
    metrics.malformed("member-change");
    logger.warn({ fault: error.issues[0]?.path }, "a malformed change of a member was dropped");
  };
  const remember = (change: MemberChange) => {
    received.set(change.uid, change);
    clock.after(recentMs, () => {
      if (received.get(change.uid) === change) received.delete(change.uid);
    });
  };
  return {
    receive(pushed) {
      const change = parse(pushed);
      if (!change) return;
      remember(change);
      for (const listener of listeners) listener(change);
    },
    onChange: (listener) => listeners.push(listener),
    recent: (principal) => outdating(principal, received.get(principal.uid)),
    async find(principal) {
      const text = await lookup.get(redisKeys.memberChange(principal.uid));
      return text === null ? undefined : outdating(principal, parse(fromJson(text)));
    },
  };
}

/** Refuses, beside what `verify` refuses, tokens that a change of the member has made outdated. */
export function verifyCurrent(verify: Verifier, changes: Pick<MemberChanges, "find">): Verifier {
  return async (token) => assertCurrent(await verify(token), changes);
}

/**
 * Throws `token-outdated` when the member changed since `principal` was told; gives it back otherwise. While Redis does
 * not answer a token is believed: nothing can be subscribed to then, and connections are looked up when it is back.
 */
export async function assertCurrent(
  principal: Principal,
  changes: Pick<MemberChanges, "find">,
): Promise<Principal> {
  const change = await changes.find(principal).catch(() => undefined);
  if (change === undefined) return principal;
  throw new FaultlineError(
    "token-outdated",
    "Your role or scope has changed since this token was issued; get a fresh one.",
  );
}

function outdating(principal: Principal, change: MemberChange | undefined): MemberChange | undefined {
  return change && isOutdated(principal, change) ? change : undefined;
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
