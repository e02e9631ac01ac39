/** What the page's own connection makes of what its line reports; the line and the time are the test's. */
import { expect, it, onTestFinished } from "vitest";
import { quick } from "../../test/clock.ts";
import { systemEnvironment } from "../base/environment.ts";
import { connectionTimes } from "./connection.ts";
import { createDirectLink } from "./direct.ts";
import type { LineListener } from "./line.ts";

/** A connection that is live, by a clock that is turned by hand. */
async function openLink() {
  let now = 0;
  const timers = new Set<{ readonly at: number; readonly act: () => void }>();
  const clock = {
    now: () => now,
    after(ms: number, act: () => void) {
      const timer = { at: now + ms, act };
      timers.add(timer);
      return () => timers.delete(timer);
    },
  };
  const asked: boolean[] = [];
  let line: LineListener | undefined;
  const open = (_request: unknown, listener: LineListener) => {
    line = listener;
    return { setRooms: () => true, authenticate: async () => "renewed" as const, close() {} };
  };
  const link = createDirectLink({
    relay: "http://relay.test",
    getToken: async (fresh) => {
      asked.push(fresh);
      return "token";
    },
    environment: { ...systemEnvironment(), ...quick, clock },
    lines: { socket: open, stream: open },
    onNews: () => {},
  });
  onTestFinished(() => link.close());
  link.want(["org:riverside"]);
  await expect.poll(() => line).toBeDefined();
  line?.opened();
  line?.joined({ rooms: ["org:riverside"], isWhole: true, replayed: 0 });
  return {
    link,
    /** How often a fresh token was asked for. */
    renewals: () => asked.filter((fresh) => fresh).length,
    told: (name: string, data: unknown) => line?.told(name, data),
    advance(ms: number) {
      now += ms;
      for (const timer of [...timers].filter(({ at }) => at <= now)) {
        timers.delete(timer);
        timer.act();
      }
    },
  };
}

it("a token is renewed at the relay's word, but not in a circle", async () => {
  const { told, renewals, advance, link } = await openLink();
  const notice = () => told("session:expiring", { expiresAt: new Date(1_000).toISOString() });
  for (const _ of [1, 2, 3]) notice();
  expect(renewals()).toBe(1);
  advance(connectionTimes.renewMs - 1);
  expect(renewals()).toBe(1);
  advance(1);
  expect(renewals()).toBe(2);
  expect(link.state.getSnapshot().phase).toBe("live");
});

it("while the relay is cut off from what happens it is not live, and says why", async () => {
  const { told, link } = await openLink();
  const since = new Date(0).toISOString();
  told("relay:stale", { since });
  expect(link.state.getSnapshot()).toMatchObject({ phase: "recovering", cause: "relay-stale" });
  told("relay:fresh", { since });
  expect(link.state.getSnapshot()).toMatchObject({ phase: "live", cause: undefined });
});
