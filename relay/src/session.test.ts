import { FaultlineError, type Principal, parseRoom } from "@faultline/contract";
import { describe, expect, it } from "vitest";
import { ManualClock } from "../test/clock.ts";
import { createRecorder } from "../test/recorder.ts";
import { silent } from "../test/services.ts";
import { createDispatch } from "./dispatch/dispatch.ts";
import type { Ingest } from "./ingest/ingest.ts";
import { noMetrics } from "./metrics/metrics.ts";
import { createReplay } from "./replay/replay.ts";
import { createSession, type Subscribed } from "./session.ts";
import { createState } from "./state/state.ts";

const principal: Principal = {
  uid: "someone",
  organizationId: "org",
  role: "viewer",
  issuedAt: 0,
  expiresAt: 0,
};

/** A session whose authorizing and watching the test lets go on. */
function sessionUnderTest() {
  const gates: (() => void)[] = [];
  const gate = () =>
    new Promise<void>((resolve) => {
      gates.push(resolve);
    });
  const watching = { count: 0 };
  const ingest: Pick<Ingest, "watch"> = {
    async watch() {
      await gate();
      watching.count += 1;
      let isOver = false;
      const end = () => {
        if (!isOver) watching.count -= 1;
        isOver = true;
      };
      return { position: () => "7-0", caughtUp: async () => {}, hasEnded: () => false, end };
    },
  };
  const loads: string[] = [];
  const dispatch = createDispatch(silent);
  const state = createState({
    load: async (organizationId) => {
      loads.push(organizationId);
      await gate();
      return [];
    },
    dispatch,
    clock: new ManualClock(),
    logger: silent,
  });
  const frames: string[] = [];
  const subscriber = createRecorder({ onFrame: ({ text }) => frames.push(text) });
  const refusals = new Map<string, FaultlineError>();
  const authorize = async (_: Principal, names: readonly string[]) => {
    await gate();
    for (const name of names) {
      const refusal = refusals.get(name);
      if (refusal) throw refusal;
    }
    return names.map((name) => parseRoom(name));
  };
  const replay = createReplay({ log: { before: async () => [] }, clock: new ManualClock() });
  const services = { authorize, ingest: ingest as Ingest, replay, dispatch, state, metrics: noMetrics };
  const session = createSession(services, principal, subscriber);
  const pass = async () => {
    await expect.poll(() => gates.length).toBeGreaterThan(0);
    gates.shift()?.();
  };
  return { session, dispatch, state, frames, loads, watching, refusals, pass };
}

const request = { names: ["org:org", "campus:north"], fieldOf: () => "room" };

describe("a session", () => {
  it("joins and begins in one tick, watches while it is in a room, and lets go of all at its end", async () => {
    const { session, dispatch, watching, pass } = sessionUnderTest();
    const begun: Subscribed[] = [];
    const subscribing = session.subscribe(request, (subscribed) => {
      expect(dispatch.hasSubscribers("org/org:org")).toBe(true);
      begun.push(subscribed);
    });
    await pass();
    await pass();
    await subscribing;
    expect(begun).toMatchObject([{ rooms: request.names, position: "7-0", recovered: true, replayed: 0 }]);
    expect(watching.count).toBe(1);
    session.end();
    session.end();
    expect(watching.count).toBe(0);
    expect(dispatch.hasSubscribers("org/org:org")).toBe(false);
    expect(dispatch.hasSubscribers("org/*")).toBe(false);
  });

  it("does not watch while it is in no room, and watches again for the next", async () => {
    const { session, watching, pass } = sessionUnderTest();
    for (const _ of ["first", "second"]) {
      const subscribing = session.subscribe(request, () => {});
      await pass();
      await pass();
      await subscribing;
      expect(watching.count).toBe(1);
      expect(session.unsubscribe(request.names.map((name) => parseRoom(name)))).toEqual([]);
      expect(watching.count).toBe(0);
    }
  });

  it.each([
    ["authorized", 0],
    ["connected to the log", 1],
  ])("that ends while it is being %s joins nothing and watches nothing", async (_, passed) => {
    const { session, dispatch, watching, pass } = sessionUnderTest();
    const subscribing = session.subscribe(request, () => expect.unreachable());
    const outcome = expect(subscribing).rejects.toBeInstanceOf(FaultlineError);
    for (let at = 0; at < passed; at += 1) await pass();
    session.end();
    for (let at = passed; at < 2; at += 1) await pass();
    await outcome;
    expect(watching.count).toBe(0);
    expect(dispatch.hasSubscribers("org/org:org")).toBe(false);
  });

  it("is not welcomed to rooms that it left before the state was known", async () => {
    const { session, state, frames, loads, pass } = sessionUnderTest();
    const subscribing = session.subscribe(request, () => {});
    await pass();
    await pass();
    await subscribing;
    const welcoming = session.welcome(request.names.map((name) => parseRoom(name)));
    session.end();
    state.drop("org");
    await pass();
    await welcoming;
    expect(frames).toEqual([]);
    expect(loads).toEqual(["org"]);
  });

  it.each([
    ["authorized", 0],
    ["connected to the log", 1],
  ])("whose member changes while it is being %s joins nothing", async (_, passed) => {
    const { session, dispatch, watching, pass } = sessionUnderTest();
    const subscribing = session.subscribe(request, () => expect.unreachable());
    const outcome = expect(subscribing).rejects.toMatchObject({ reason: "unavailable" });
    for (let at = 0; at < passed; at += 1) await pass();
    expect(await session.readmit({ ...principal, role: "admin" })).toEqual([]);
    for (let at = passed; at < 2; at += 1) await pass();
    await outcome;
    expect(watching.count).toBe(0);
    expect(dispatch.hasSubscribers("org/org:org")).toBe(false);
  });

  it("leaves, when its member changes, what is not permitted any more, or nothing if nobody knows", async () => {
    const { session, dispatch, watching, refusals, pass } = sessionUnderTest();
    const subscribing = session.subscribe(request, () => {});
    await pass();
    await pass();
    await subscribing;
    const readmit = async () => {
      const answer = session.readmit({ ...principal, campusIds: ["north"] });
      await Promise.all([pass(), answer.catch(() => {}), pass()]);
      return answer;
    };
    refusals.set("org:org", new FaultlineError("unavailable", "no answer"));
    await expect(readmit()).rejects.toThrow("no answer");
    expect(dispatch.hasSubscribers("org/org:org")).toBe(true);
    refusals.set("org:org", new FaultlineError("scope-exceeded", "too far"));
    expect(await readmit()).toEqual(["campus:north"]);
    expect(dispatch.hasSubscribers("org/org:org")).toBe(false);
    expect(dispatch.hasSubscribers("org/campus:north")).toBe(true);
    refusals.set("campus:north", new FaultlineError("campus-unknown", "gone"));
    expect(await Promise.all([session.readmit(principal), pass()])).toEqual([[], undefined]);
    expect(watching.count).toBe(0);
  });
});
