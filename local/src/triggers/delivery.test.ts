import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { openFirestore, projectId, unique } from "../firestore/testing/server.ts";
import { type DeliveryOptions, deliverTriggers } from "./delivery.ts";
import type { TriggerRoute } from "./discover.ts";
import { EventTypes } from "./event.ts";
import { fileOutbox } from "./outbox.ts";

const { db, server: firestore } = await openFirestore();

interface Received {
  readonly url: string;
  readonly id: string;
  readonly document: string;
  readonly type: string;
  /** The document's field `n` after the change. */
  readonly n: number | undefined;
}

/** A stand-in for the Functions emulator. `answer` decides what each event gets; 200 when it returns nothing. */
async function functions(answer: (event: Received, response: ServerResponse) => unknown) {
  const received: Received[] = [];
  const contentTypes = new Set<string | undefined>();
  let inFlight = 0;
  let mostInFlight = 0;
  const server = createServer(async (request, response) => {
    mostInFlight = Math.max(mostInFlight, ++inFlight);
    let body = "";
    for await (const chunk of request) body += chunk;
    const { id, document, type, data } = JSON.parse(body);
    const n = data.value && Number(data.value.fields.n?.integerValue);
    const event: Received = { url: request.url ?? "", id, document, type, n };
    received.push(event);
    contentTypes.add(request.headers["content-type"]);
    const status = Number((await answer(event, response)) ?? 200);
    inFlight--;
    if (!response.destroyed) response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, received, contentTypes, mostInFlight: () => mostInFlight };
}

function deliver(
  url: string,
  collection: string,
  options: Partial<DeliveryOptions> & { route?: Partial<TriggerRoute> } = {},
) {
  const { route: part, ...rest } = options;
  const route = {
    name: "onThing",
    url: `${url}/onThing`,
    document: `${collection}/{id}`,
    eventType: EventTypes.written,
    retry: true,
    ...part,
  };
  const lines: string[] = [];
  const delivery = deliverTriggers({
    firestore,
    routes: [route],
    projectId,
    log: (line) => lines.push(line),
    backoff: { initialMs: 1, maxMs: 5 },
    ...rest,
  });
  onTestFinished(() => delivery.stop());
  return { delivery, lines };
}

/** A backoff whose waits end when the test says so. */
function manualBackoff() {
  const waits: { delayMs: number; run: () => void }[] = [];
  const schedule = (run: () => void, delayMs: number) => {
    const wait = { delayMs, run };
    waits.push(wait);
    return () => void waits.splice(waits.indexOf(wait), 1);
  };
  const next = async () => {
    await vi.waitFor(() => expect(waits).not.toHaveLength(0));
    const wait = waits.shift();
    wait?.run();
    return wait?.delayMs;
  };
  return { waits, next, options: { initialMs: 100, maxMs: 5000, random: () => 1, schedule } };
}

describe("the delivery", () => {
  it("posts a structured CloudEvent for every change of the documents it is about", async () => {
    const collection = unique();
    const { url, received, contentTypes } = await functions(() => {});
    const { delivery } = deliver(url, collection);
    await db.doc(`${collection}/a`).set({ n: 1 });
    await db.doc(`${collection}/a`).set({ n: 1 });
    await db.doc(`${collection}/a/below/b`).set({ n: 1 });
    await db.doc(`${collection}/a`).delete();
    await delivery.idle();
    expect(received.map(({ url: path, document, n }) => [path, document, n])).toEqual([
      ["/onThing", `${collection}/a`, 1],
      ["/onThing", `${collection}/a`, undefined],
    ]);
    expect([...contentTypes]).toEqual(["application/cloudevents+json"]);
  });

  it("sends each trigger what it asked for", async () => {
    const collection = unique();
    const { url, received } = await functions(() => {});
    const route = (name: string, eventType: string): TriggerRoute => {
      return { name, url: `${url}/${name}`, document: `${collection}/{id}`, eventType, retry: true };
    };
    const routes = [route("onCreated", EventTypes.created), route("onDeleted", EventTypes.deleted)];
    const { delivery } = deliver(url, collection, { routes });
    for (const n of [1, 2]) await db.doc(`${collection}/a`).set({ n });
    await db.doc(`${collection}/a`).delete();
    await delivery.idle();
    expect(received.map(({ url: path, type }) => [path, type])).toEqual([
      ["/onCreated", EventTypes.created],
      ["/onDeleted", EventTypes.deleted],
    ]);
  });

  it("keeps the order of each document, also through failures", async () => {
    const collection = unique();
    let calls = 0;
    const { url, received } = await functions(() => (++calls % 3 === 0 ? 500 : 200));
    const { delivery } = deliver(url, collection, { concurrency: 4 });
    const ids = ["a", "b", "c", "d"];
    const write = async (id: string) => {
      for (let n = 1; n <= 10; n++) await db.doc(`${collection}/${id}`).set({ n });
    };
    await Promise.all(ids.map(write));
    await delivery.idle();
    for (const id of ids) {
      const seen = received.filter(({ document }) => document.endsWith(`/${id}`)).map(({ n }) => n ?? 0);
      // Attempts that failed are seen again at once, and nothing comes before what was before it.
      expect([...seen].sort((a, b) => a - b)).toEqual(seen);
      expect(new Set(seen).size).toBe(10);
    }
  });

  it("has no more events in flight than it may", async () => {
    const collection = unique();
    let allowAll = () => {};
    const three = new Promise<void>((resolve) => {
      allowAll = resolve;
    });
    let calls = 0;
    const { url, received, mostInFlight } = await functions(() => {
      if (++calls === 3) allowAll();
      return three;
    });
    const { delivery } = deliver(url, collection, { concurrency: 3 });
    const batch = db.batch();
    for (let n = 0; n < 20; n++) batch.set(db.doc(`${collection}/d${n}`), { n });
    await batch.commit();
    expect(delivery.pending()).toBeGreaterThan(3);
    await delivery.idle();
    expect(received).toHaveLength(20);
    expect(mostInFlight()).toBe(3);
    expect(delivery.pending()).toBe(0);
  });
});

describe("an event that fails", () => {
  it("is delivered again with the same id, after waits that double up to a limit", async () => {
    const collection = unique();
    let calls = 0;
    const { url, received } = await functions(() => (++calls <= 8 ? 500 : 200));
    const backoff = manualBackoff();
    const { delivery, lines } = deliver(url, collection, { backoff: backoff.options });
    await db.doc(`${collection}/a`).set({ n: 1 });
    const delays: (number | undefined)[] = [];
    for (let i = 0; i < 8; i++) delays.push(await backoff.next());
    await delivery.idle();
    expect(delays).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000]);
    expect(new Set(received.map(({ id }) => id)).size).toBe(1);
    expect(lines).toHaveLength(8);
    expect(lines[0]).toContain(`${collection}/a`);
  });

  it("holds up neither other documents nor a slot while it waits", async () => {
    const collection = unique();
    const { url, received } = await functions(({ document }) => (document.endsWith("/bad") ? 500 : 200));
    const backoff = manualBackoff();
    const { delivery } = deliver(url, collection, { concurrency: 1, backoff: backoff.options });
    await db.doc(`${collection}/bad`).set({ n: 1 });
    await db.doc(`${collection}/bad`).set({ n: 2 });
    for (let n = 0; n < 5; n++) await db.doc(`${collection}/good${n}`).set({ n });
    await vi.waitFor(() => expect(delivery.pending()).toBe(2));
    expect(received.filter(({ document }) => document.endsWith("/bad"))).toHaveLength(1);
    expect(backoff.waits).toHaveLength(1);
  });

  it("is dropped with a line in the log when its trigger does not want retries", async () => {
    const collection = unique();
    const { url, received } = await functions(({ n }) => (n === 1 ? 500 : 200));
    const { delivery, lines } = deliver(url, collection, { route: { retry: false } });
    await db.doc(`${collection}/a`).set({ n: 1 });
    await db.doc(`${collection}/a`).set({ n: 2 });
    await delivery.idle();
    expect(received.map(({ n }) => n)).toEqual([1, 2]);
    expect(lines).toEqual([expect.stringContaining("dropped")]);
  });

  it("is delivered once the functions answer at all", async () => {
    const collection = unique();
    let calls = 0;
    const { url, received } = await functions((_event, response) => {
      if (++calls < 3) response.destroy();
    });
    const { delivery } = deliver(url, collection);
    await db.doc(`${collection}/a`).set({ n: 1 });
    await delivery.idle();
    expect(received).toHaveLength(3);
  });

  it("counts as failed when there is no answer in time", async () => {
    const collection = unique();
    let calls = 0;
    const { url, received } = await functions(() => (++calls === 1 ? new Promise<void>(() => {}) : 200));
    const { delivery, lines } = deliver(url, collection, { timeoutMs: 500 });
    await db.doc(`${collection}/a`).set({ n: 1 });
    await delivery.idle();
    expect(received).toHaveLength(2);
    expect(lines[0]).toContain("no answer within 500 ms");
  });
});

describe("what waits", () => {
  it("is bounded; what comes on top is dropped and said once", async () => {
    const collection = unique();
    const backoff = manualBackoff();
    const { url } = await functions(() => 500);
    const { delivery, lines } = deliver(url, collection, { maxPending: 3, backoff: backoff.options });
    for (let n = 0; n < 6; n++) await db.doc(`${collection}/a`).set({ n });
    expect(delivery.pending()).toBe(3);
    expect(lines.filter((line) => line.includes("dropping"))).toHaveLength(1);
  });

  it("is given up when the delivery stops, and nobody waits for it any more", async () => {
    const collection = unique();
    const { url, received } = await functions(() => new Promise<void>(() => {}));
    const { delivery } = deliver(url, collection);
    await db.doc(`${collection}/a`).set({ n: 1 });
    await vi.waitFor(() => expect(received).toHaveLength(1));
    const idle = delivery.idle();
    await delivery.stop();
    await idle;
    await db.doc(`${collection}/a`).set({ n: 2 });
    expect(delivery.pending()).toBe(0);
    expect(received).toHaveLength(1);
  });
});

describe("with an outbox in a directory", () => {
  const newDirectory = () => {
    const directory = mkdtempSync(join(tmpdir(), "outbox-"));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    return directory;
  };
  const never = () => new Promise<void>(() => {});

  it("a later delivery takes up what an earlier one left, in order, and then what is new", async () => {
    const collection = unique();
    const outbox = newDirectory();
    const first = await functions(({ n }) => (n === 1 ? 200 : never()));
    const early = deliver(first.url, collection, { outbox: fileOutbox(outbox, expect.fail) });
    for (const n of [1, 2, 3]) await db.doc(`${collection}/a`).set({ n });
    await vi.waitFor(() => expect(first.received.map(({ n }) => n)).toEqual([1, 2]));
    await early.delivery.stop();
    const second = await functions(() => {});
    const late = deliver(second.url, collection, { outbox: fileOutbox(outbox, expect.fail) });
    await db.doc(`${collection}/a`).set({ n: 4 });
    await late.delivery.idle();
    expect(second.received.map(({ n }) => n)).toEqual([2, 3, 4]);
    expect(second.received[0]?.id).toBe(first.received[1]?.id);
    expect(fileOutbox(outbox, expect.fail).left).toEqual([]);
  });

  it("drops, and says so, what a trigger left that is no longer there", async () => {
    const collection = unique();
    const outbox = newDirectory();
    const { url, received } = await functions(never);
    const early = deliver(url, collection, { outbox: fileOutbox(outbox, expect.fail) });
    await db.doc(`${collection}/a`).set({ n: 1 });
    await early.delivery.stop();
    const late = deliver(url, collection, { outbox: fileOutbox(outbox, expect.fail), routes: [] });
    expect(late.delivery.pending()).toBe(0);
    expect(late.lines).toEqual([expect.stringContaining(`${collection}/a`)]);
    expect(received.length).toBeLessThanOrEqual(1);
    expect(fileOutbox(outbox, expect.fail).left).toEqual([]);
  });
});
