/** The short form of `npm run chaos`, and the proof that the checker sees what it is there for. */
import { describe, expect, it, onTestFinished } from "vitest";
import { connectTo } from "./chaos/connection.ts";
import { createFrameMeddler } from "./chaos/meddler.ts";
import { faultKinds } from "./chaos/plan.ts";
import { startProxy } from "./chaos/proxy.ts";
import { runChaos } from "./chaos/run.ts";

describe("clients of relays, Redis, functions and a network that fail", () => {
  it("end up with what Firestore has, and never missed, repeated or took back anything", async () => {
    const report = await runChaos({ seed: 7, cycles: 1, clients: 24, writesPerSecond: 20, log: console.log });
    console.log(JSON.stringify(report.figures));
    expect(report.failure).toBeUndefined();
    expect(Object.keys(report.figures.faults).sort()).toEqual([...faultKinds].sort());
  }, 300_000);
});

/** Passes the first report of an issue on so often. */
function meddleWithFirstReport(copies: number) {
  let isFirst = true;
  return createFrameMeddler((message) => {
    if (!isFirst || !message.includes('"issue:created"')) return 1;
    isFirst = false;
    return copies;
  });
}

describe("the checker", () => {
  it("finds an event that a client was not given, and one that another was given twice", async () => {
    const copies = new Map([
      [0, 0],
      [4, 2],
    ]);
    const meddlerOf = (client: number) => {
      const times = copies.get(client);
      return times === undefined ? undefined : () => meddleWithFirstReport(times);
    };
    const { findings } = await runChaos({
      ...{ seed: 1, cycles: 0, leastWrites: 100, meddlerOf },
      ...{ relays: 2, publishers: 2, clients: 8, writers: 4 },
    });
    const found = findings.map(({ client, problem }) => `${client.options.name}: ${problem.kind}`);
    expect(new Set(found)).toEqual(new Set(["client-0: missed", "client-4: repeated"]));
  });
});

describe("a client", () => {
  it.each(["ws", "sse"] as const)("over %s can leave before anybody answered", async (transport) => {
    const silent = await startProxy({ target: () => 0 });
    onTestFinished(() => silent.close());
    silent.silence(true);
    const request = {
      url: `http://127.0.0.1:${silent.port}`,
      token: "none",
      rooms: ["org:riverside"],
      since: undefined,
    };
    const ignore = () => {};
    const events = { subscribed: ignore, event: ignore, malformed: ignore, lost: ignore, dismissed: ignore };
    const connection = connectTo(transport, request, events);
    connection.close();
    await connection.ended;
  });
});
