/**
 * The life of the connection, as a pure machine: state and input give the next state; time and randomness come with
 * them. What has to be done follows from the state, see `direct.ts`.
 *
 *   idle --start--> connecting --opened--> recovering --joined--> live
 *                     |   ^ due              | failed              | failed
 *                     v   |                  v                     v
 *                    waiting <---------------+---------------------+      "never", or a token refused for good: closed
 *                     |   ^ offline / online                              offline: like waiting, but for the browser
 *                     v   |
 *                    offline
 *
 * From live it goes back to recovering, on the same line, while the relay is cut off from what happens.
 */
import { backoffMs } from "../base/backoff.ts";
import {
  type Chance,
  type Connection,
  connectionTimes,
  type Input,
  initialConnection,
  type Phase,
  sinceOf,
} from "./connection.ts";
import { type Cause, type Failure, silence } from "./failure.ts";

/** After so many WebSocket attempts that nobody answered, a stream is tried. */
const mostUnanswered = 2;

/** After so many tokens that were refused, another does not help. */
const mostRefusals = 3;

/** The state after an input. */
export function step(state: Connection, input: Input, chance: Chance): Connection {
  const rule = table[state.phase][input.type] as Rule<Input>;
  const next = rule(state, input, chance);
  if (next.phase === state.phase) return next;
  return { ...next, since: sinceOf(state, { phase: next.phase, since: chance.now }) };
}

type Rule<I extends Input> = (state: Connection, input: I, chance: Chance) => Connection;
type Row = { readonly [T in Input["type"]]: Rule<Extract<Input, { type: T }>> };

const stay = (state: Connection): Connection => state;
const noteOnline = (state: Connection): Connection => ({ ...state, isOnline: true });
const noteOffline = (state: Connection): Connection => ({ ...state, isOnline: false });

/** A new attempt. */
const open = (state: Connection, _input: unknown, { now }: Chance): Connection => ({
  ...state,
  phase: "connecting",
  isJoined: false,
  isStale: false,
  line: state.line + 1,
  until: now + connectionTimes.attemptMs,
  probeAt: undefined,
});

/** An attempt after a while in which much may have changed, or because somebody asks for one. */
const openAfresh: Rule<Input> = (state, input, chance) =>
  open({ ...state, failures: 0, refusals: 0, needsFresh: true, notBefore: 0 }, input, chance);

const openNow: Rule<Input> = (state, input, chance) =>
  open({ ...state, isOnline: true, failures: 0 }, input, chance);

const openFresh: Rule<Input> = (state, input, chance) => open({ ...state, needsFresh: true }, input, chance);

const openAwake: Rule<Input> = (state, input, chance) =>
  open({ ...state, failures: 0, cause: "asleep" }, input, chance);

/** Once it may come back: the relay's advice stands, whatever the network does. */
const openOnline: Rule<Input> = (state, input, chance) => {
  const { now } = chance;
  if (state.notBefore <= now) return openNow(state, input, chance);
  return { ...state, phase: "waiting", isOnline: true, until: state.notBefore };
};

const rest = (state: Connection, _input: unknown, { now }: Chance): Connection => ({
  ...initialConnection(now),
  transport: state.transport,
  line: state.line,
  unanswered: state.unanswered,
  isOnline: state.isOnline,
  notBefore: state.notBefore,
});

const goOffline = (state: Connection, _input: unknown, { now }: Chance): Connection => ({
  ...state,
  phase: "offline",
  isOnline: false,
  until: now + connectionTimes.offlineMs,
  probeAt: undefined,
  cause: "offline",
});

const shut = (state: Connection, cause: Cause): Connection => ({
  ...state,
  phase: "closed",
  until: undefined,
  probeAt: undefined,
  cause,
});

const close = (state: Connection): Connection => shut(state, "closed");

const recover = (state: Connection, _input: unknown, { now }: Chance): Connection => ({
  ...state,
  phase: "recovering",
  until: now + connectionTimes.attemptMs,
});

const live = (state: Connection, _input: unknown, { now, random }: Chance): Connection => {
  const isFallback = state.transport === "stream" && state.unanswered >= mostUnanswered;
  return {
    ...state,
    phase: "live",
    isJoined: true,
    isOnline: true,
    failures: 0,
    refusals: 0,
    needsFresh: false,
    unanswered: state.transport === "socket" ? 0 : state.unanswered,
    until: undefined,
    notBefore: 0,
    cause: undefined,
    probeAt: isFallback ? now + probeMs(state.probes, random) : undefined,
    probes: state.transport === "socket" ? 0 : state.probes,
  };
};

/** In its rooms, on a relay to which comes what happens, it is live. */
const join: Rule<Input> = (state, input, chance) =>
  state.isStale ? bear({ ...state, isJoined: true }, input, chance) : live(state, input, chance);

const bear = (state: Connection, _input: unknown, { now, random }: Chance): Connection => ({
  ...state,
  phase: "recovering",
  isStale: true,
  until: now + (connectionTimes.staleMs * (1 + random())) / 2,
  probeAt: undefined,
  cause: "relay-stale",
});

const noteStale = (state: Connection): Connection => ({ ...state, isStale: true });

const refresh: Rule<Input> = (state, input, chance) => {
  const fresh = { ...state, isStale: false };
  return state.isJoined ? live(fresh, input, chance) : fresh;
};

const lose = (state: Connection, { failure }: { readonly failure: Failure }, chance: Chance): Connection => {
  const { now, random } = chance;
  const { cause, retry, retryAfterMs } = failure;
  const refusals = state.refusals + (retry === "token" ? 1 : 0);
  if (retry === "never" || refusals >= mostRefusals) return shut({ ...state, refusals }, cause);
  const failures = state.failures + 1;
  const isFirst = failures === 1 && (retry === "now" || retry === "token");
  const next = { ...state, ...nextTransport(state, failure) };
  const delayMs = isFirst ? 0 : backoffMs(connectionTimes[next.transport], failures, random);
  const notBefore = Math.max(state.notBefore, now + retryAfterMs);
  const lost: Connection = {
    ...next,
    phase: "waiting",
    failures,
    refusals,
    needsFresh: retry === "token" || state.needsFresh,
    notBefore,
    until: Math.max(now + delayMs, notBefore),
    probeAt: undefined,
    cause,
  };
  return state.isOnline ? lost : goOffline(lost, undefined, chance);
};

/**
 * An attempt without a token says nothing of the way to the relay. A stream that never opened says nothing of WebSockets:
 * one more is tried, then the stream again.
 */
function nextTransport(
  { phase, transport, unanswered }: Connection,
  { cause, isAnswered, retry }: Failure,
): Pick<Connection, "transport" | "unanswered"> {
  if (cause === "token-unavailable") return { transport, unanswered };
  const hasOpened = phase !== "connecting";
  if (transport === "stream") {
    if (hasOpened || retry === "token") return { transport, unanswered };
    return { transport: "socket", unanswered: mostUnanswered - 1 };
  }
  const count = hasOpened || isAnswered ? 0 : unanswered + 1;
  return { transport: count >= mostUnanswered ? "stream" : "socket", unanswered: count };
}

const giveUp: Rule<Input> = (state, _input, chance) =>
  lose(state, { failure: silence(state.isStale ? "relay-stale" : "unreachable") }, chance);

const postpone = (state: Connection, { afterMs }: { readonly afterMs: number }, { now }: Chance) => ({
  ...state,
  notBefore: Math.max(state.notBefore, now + afterMs),
});

const afterProbe = (
  state: Connection,
  { works }: { readonly works: boolean },
  chance: Chance,
): Connection => {
  if (works) return open({ ...state, transport: "socket", unanswered: 0, probes: 0 }, undefined, chance);
  const probes = state.probes + 1;
  return { ...state, probes, probeAt: chance.now + probeMs(probes, chance.random) };
};

/** Between half of the limit and all of it: a probe that comes at once would only repeat what failed. */
function probeMs(probes: number, random: () => number): number {
  return backoffMs(connectionTimes.probe, probes + 1, () => 0.5 + random() / 2);
}

const wake: Rule<Input> = (state, input, chance) =>
  (state.until ?? 0) <= chance.now ? openAwake(state, input, chance) : state;

const trying: Row = {
  start: stay,
  stop: rest,
  close,
  opened: stay,
  joined: stay,
  stale: noteStale,
  fresh: refresh,
  failed: lose,
  draining: postpone,
  expiring: openFresh,
  reshaped: open,
  due: giveUp,
  probed: stay,
  online: noteOnline,
  offline: goOffline,
  woke: openAwake,
};

/** News of a line when there is none. */
const lineless = {
  opened: stay,
  joined: stay,
  stale: stay,
  fresh: stay,
  failed: stay,
  draining: stay,
  expiring: stay,
  reshaped: stay,
  probed: stay,
} as const satisfies Partial<Row>;

/** What each input does in each phase. */
export const table: Readonly<Record<Phase, Row>> = {
  idle: {
    ...lineless,
    start: open,
    stop: stay,
    close,
    due: stay,
    online: noteOnline,
    offline: noteOffline,
    woke: stay,
  },
  connecting: { ...trying, opened: recover },
  recovering: { ...trying, joined: join },
  live: { ...trying, stale: bear, fresh: stay, due: stay, probed: afterProbe },
  waiting: {
    ...lineless,
    start: stay,
    stop: rest,
    close,
    due: open,
    online: openOnline,
    offline: goOffline,
    woke: wake,
  },
  offline: {
    ...lineless,
    start: stay,
    stop: rest,
    close,
    due: open,
    online: openOnline,
    offline: stay,
    woke: wake,
  },
  closed: {
    ...lineless,
    start: openAfresh,
    stop: stay,
    close: stay,
    due: stay,
    online: noteOnline,
    offline: noteOffline,
    woke: stay,
  },
};
