import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Connection, connectionTimes, type Input, initialConnection, phases } from "./connection.ts";
import { type Failure, silence } from "./failure.ts";
import { step, table } from "./machine.ts";

const never = { cause: "access-revoked", retry: "never", retryAfterMs: 0, isAnswered: true } as const;
const refusedToken = { cause: "token-invalid", retry: "token", retryAfterMs: 0, isAnswered: true } as const;
const rotation = { cause: "rotation", retry: "now", retryAfterMs: 0, isAnswered: true } as const;
const full = { cause: "relay-full", retry: "later", retryAfterMs: 7_000, isAnswered: true } as const;

/** Plays inputs one after another, each at its time; jitter is as long as it can be. */
function play(...inputs: readonly (Input | number)[]): Connection {
  let now = 0;
  let state = initialConnection(now);
  for (const input of inputs) {
    if (typeof input === "number") now += input;
    else state = step(state, input, { now, random: () => 0.999_999 });
  }
  return state;
}

const start: Input = { type: "start" };
const opened: Input = { type: "opened" };
const joined: Input = { type: "joined" };
const stale: Input = { type: "stale" };
const fresh: Input = { type: "fresh" };
const due: Input = { type: "due" };
const failed = (failure: Failure = silence("unreachable")): Input => ({ type: "failed", failure });
const toLive = [start, opened, joined] as const;

describe("the table of transitions", () => {
  it("has a rule for every input in every phase", () => {
    expect(Object.keys(table).sort()).toEqual([...phases].sort());
    const inputs = new Set(phases.flatMap((phase) => Object.keys(table[phase])));
    for (const phase of phases) expect(new Set(Object.keys(table[phase]))).toEqual(inputs);
  });

  const expected: readonly (readonly [string, readonly (Input | number)[], Partial<Connection>])[] = [
    ["is connecting when it is wanted", [start], { phase: "connecting", transport: "socket", line: 1 }],
    ["catches up when the line stands", [start, opened], { phase: "recovering" }],
    ["is live when the line is in its rooms", toLive, { phase: "live", failures: 0, until: undefined }],
    ["is idle when nobody wants it", [...toLive, { type: "stop" }], { phase: "idle" }],
    [
      "waits at most a second at first",
      [start, failed()],
      { phase: "waiting", until: 1_000, cause: "unreachable" },
    ],
    [
      "waits twice as long the next time",
      [...toLive, failed(rotation), due, failed(full), 7_000, due, opened, failed()],
      { phase: "waiting", failures: 3, until: 11_000 },
    ],
    ["tries again when the time has come", [start, failed(), 1_000, due], { phase: "connecting", line: 2 }],
    [
      "comes back at once when told to",
      [...toLive, failed(rotation)],
      { phase: "waiting", until: 0, cause: "rotation" },
    ],
    ["stays away for as long as it is told", [...toLive, failed(full)], { phase: "waiting", until: 7_000 }],
    [
      "stays away when the line ends during a drain",
      [...toLive, { type: "draining", afterMs: 4_000 }, failed()],
      { phase: "waiting", until: 4_000 },
    ],
    [
      "asks for a fresh token when told to",
      [...toLive, failed(refusedToken), due],
      { phase: "connecting", needsFresh: true },
    ],
    [
      "ends when a third token is refused",
      [start, failed(refusedToken), due, failed(refusedToken), due, failed(refusedToken)],
      { phase: "closed", cause: "token-invalid" },
    ],
    [
      "ends when told never to come back",
      [...toLive, failed(never)],
      { phase: "closed", cause: "access-revoked" },
    ],
    [
      "begins again after that when it is wanted",
      [...toLive, failed(never), start],
      { phase: "connecting", needsFresh: true },
    ],
    [
      "gives up an attempt that takes too long",
      [start, 15_000, due],
      { phase: "waiting", cause: "unreachable" },
    ],
    ["gives up joining that takes too long", [start, opened, 15_000, due], { phase: "waiting" }],
    [
      "takes a stream after two WebSockets that nobody answered",
      [start, failed(), due, failed()],
      { transport: "stream", phase: "waiting", until: 6_000 },
    ],
    [
      "takes no stream because the server refused",
      [start, failed(full), due, failed(full)],
      { transport: "socket" },
    ],
    [
      "takes no stream because there is no token",
      [start, failed(silence("token-unavailable")), due, failed(silence("token-unavailable"))],
      { transport: "socket", cause: "token-unavailable" },
    ],
    [
      "takes no stream because a line that stood was lost",
      [...toLive, failed(), due, opened, failed()],
      { transport: "socket" },
    ],
    [
      "tries a WebSocket again after a stream that did not open",
      [start, failed(), due, failed(), due, failed()],
      { transport: "socket" },
    ],
    [
      "goes from there straight to the stream again",
      [start, failed(), due, failed(), due, failed(), due, failed()],
      { transport: "stream" },
    ],
    [
      "stays on a stream that works",
      [start, failed(), due, failed(), due, opened, joined, failed(rotation)],
      { transport: "stream" },
    ],
    [
      "looks whether WebSockets work by now",
      [start, failed(), due, failed(), due, opened, joined],
      { phase: "live", probeAt: 15_000 },
    ],
    [
      "looks later the next time",
      [start, failed(), due, failed(), due, opened, joined, { type: "probed", works: false }],
      { phase: "live", probeAt: 30_000 },
    ],
    [
      "changes over when they do",
      [start, failed(), due, failed(), due, opened, joined, { type: "probed", works: true }],
      { phase: "connecting", transport: "socket" },
    ],
    [
      "takes another line when a stream's token expires",
      [...toLive, { type: "expiring" }],
      { phase: "connecting", needsFresh: true, line: 2 },
    ],
    [
      "takes another line when rooms change that it can't follow",
      [...toLive, { type: "reshaped" }],
      { phase: "connecting", line: 2 },
    ],
    [
      "is not live while the relay is cut off from what happens, and keeps the line",
      [...toLive, stale],
      { phase: "recovering", cause: "relay-stale", line: 1 },
    ],
    ["is live again when the relay is", [...toLive, stale, fresh], { phase: "live", cause: undefined }],
    [
      "is not live because rooms were changed meanwhile",
      [...toLive, stale, joined],
      { phase: "recovering", cause: "relay-stale" },
    ],
    [
      "is not live on a relay that was cut off before it was joined",
      [start, opened, stale, joined],
      { phase: "recovering", cause: "relay-stale" },
    ],
    ["is live there once the relay is", [start, opened, stale, joined, fresh], { phase: "live" }],
    ["is live when the relay was only before", [start, opened, stale, fresh, joined], { phase: "live" }],
    [
      "looks for another relay when that takes long",
      [...toLive, stale, 120_000, due],
      { phase: "waiting", cause: "relay-stale", line: 1 },
    ],
    [
      "does not think of the next relay what it knew of the last",
      [...toLive, stale, failed(), due, opened, joined],
      { phase: "live", line: 2 },
    ],
    ["rests while the browser is offline", [...toLive, { type: "offline" }], { phase: "offline" }],
    [
      "comes back with the browser",
      [...toLive, { type: "offline" }, { type: "online" }],
      { phase: "connecting" },
    ],
    [
      "does not believe for ever that it is offline",
      [...toLive, { type: "offline" }, 30_000, due],
      { phase: "connecting" },
    ],
    [
      "is offline again when that was right",
      [...toLive, { type: "offline" }, 30_000, due, failed()],
      { phase: "offline" },
    ],
    [
      "keeps to the relay's advice though the browser comes back",
      [...toLive, failed(full), { type: "offline" }, { type: "online" }],
      { phase: "waiting", until: 7_000 },
    ],
    [
      "takes another line after a sleep",
      [...toLive, 3_600_000, { type: "woke" }],
      { phase: "connecting", line: 2, cause: "asleep" },
    ],
    [
      "says since when it is not live, however often it is tried",
      [...toLive, 5_000, failed(), 900, due, 15_000, due, 2_000, due, 100, opened],
      { phase: "recovering", since: 5_000 },
    ],
    [
      "says since when it is live again",
      [...toLive, 5_000, failed(), 900, due, opened, joined],
      { since: 5_900 },
    ],
    [
      "says since when the browser is offline, and that it is",
      [...toLive, 5_000, { type: "offline" }, 30_000, due, failed()],
      { phase: "offline", since: 5_000, cause: "offline" },
    ],
    ["is offline because the browser says so", [...toLive, { type: "offline" }], { cause: "offline" }],
    [
      "forgets failures once it is live",
      [start, failed(), due, opened, joined],
      { failures: 0, cause: undefined, refusals: 0 },
    ],
  ];
  it.each(expected)("%s", (_, inputs, state) => {
    expect(play(...inputs)).toMatchObject(state);
  });
});

describe("whatever happens", () => {
  const ms = fc.integer({ min: 0, max: 60_000 });
  const failure: fc.Arbitrary<Failure> = fc.record({
    cause: fc.constantFrom("dropped", "relay-full", "token-expired"),
    retry: fc.constantFrom("now", "later", "token", "never"),
    retryAfterMs: ms,
    isAnswered: fc.boolean(),
  });
  const input: fc.Arbitrary<Input> = fc.oneof(
    failure.map((failure): Input => ({ type: "failed", failure })),
    ms.map((afterMs): Input => ({ type: "draining", afterMs })),
    fc.boolean().map((works): Input => ({ type: "probed", works })),
    fc
      .constantFrom(
        "start",
        "stop",
        "close",
        "opened",
        "joined",
        "stale",
        "fresh",
        "expiring",
        "reshaped",
        "due",
        "online",
        "offline",
        "woke",
      )
      .map((type) => ({ type }) as Input),
  );
  const history = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 20_000 }), fc.double({ min: 0, max: 0.999, noNaN: true }), input),
    { maxLength: 60 },
  );

  const run = (
    steps: readonly (readonly [number, number, Input])[],
    check: (before: Connection, after: Connection, now: number, input: Input) => void,
  ) => {
    let now = 0;
    let state = initialConnection(0);
    for (const [passed, jitter, input] of steps) {
      now += passed;
      const next = step(state, input, { now, random: () => jitter });
      check(state, next, now, input);
      state = next;
    }
    return { state, now };
  };

  it("it is never stuck: what is not live, wanted by nobody or over has a time at which it goes on", () => {
    fc.assert(
      fc.property(history, (steps) => {
        run(steps, (_before, { phase, until }, now) => {
          const rests = phase === "idle" || phase === "closed" || phase === "live";
          expect(until !== undefined).toBe(!rests);
          if (until !== undefined)
            expect(until - now).toBeLessThanOrEqual(
              Math.max(60_000 + connectionTimes.socket.longestMs, connectionTimes.staleMs),
            );
        });
      }),
    );
  });

  it("it becomes live as soon as the network lets it, if somebody wants it", () => {
    fc.assert(
      fc.property(history, (steps) => {
        let { state, now } = run(steps, () => {});
        const feed = (input: Input) => {
          state = step(state, input, { now, random: () => 0.5 });
        };
        feed(start);
        for (let tries = 0; state.phase !== "live" && tries < 10; tries += 1) {
          now = Math.max(now, state.until ?? now);
          const news = state.isJoined ? fresh : joined;
          feed(state.phase === "connecting" ? opened : state.phase === "recovering" ? news : due);
        }
        expect(state.phase).toBe("live");
      }),
    );
  });

  it("a line has a number of its own, and none is opened before the relay's advice", () => {
    fc.assert(
      fc.property(history, (steps) => {
        run(steps, (before, after, now, { type }) => {
          expect(after.line - before.line).toBe(
            after.phase === "connecting" && after !== before && after.line !== before.line ? 1 : 0,
          );
          const isRetry = before.phase === "waiting" && after.phase === "connecting";
          if (isRetry && type !== "due") expect(before.notBefore).toBeLessThanOrEqual(now);
        });
      }),
    );
  });

  it("waits fall short of their limit by chance, and double up to half a minute", () => {
    const waits = Array.from({ length: 8 }, (_, failures) => {
      const state: Connection = {
        ...initialConnection(0),
        phase: "connecting",
        failures,
        unanswered: 0,
        transport: "socket",
      };
      const wait = (random: number) =>
        step(state, failed({ ...silence("dropped"), isAnswered: true }), { now: 0, random: () => random })
          .until;
      return [wait(0), wait(0.5), wait(1)];
    });
    expect(waits).toEqual([1, 2, 4, 8, 16, 30, 30, 30].map((seconds) => [0, seconds * 500, seconds * 1_000]));
  });
});
