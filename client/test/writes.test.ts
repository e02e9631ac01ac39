import type { Issue } from "@faultline/contract";
import { waitUntil } from "@faultline/local/process";
import { beforeAll, describe, expect, it } from "vitest";
import type { Faultline } from "../src/index.ts";
import { quick } from "./clock.ts";
import { leak, type Stack, startStack } from "./stack.ts";
import { until, watch } from "./until.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});

/** An issue, and a client that watches all of them. */
async function openWith(options: Parameters<Stack["open"]>[0] = {}) {
  const issue = await stack.as().issues.create(leak);
  const client = stack.open({ environment: quick, ...options });
  const issues = client.watchIssues({ limit: Number.POSITIVE_INFINITY });
  const shown = watch(issues);
  await issues.ready();
  await until(client.connection, ({ phase }) => phase === "live", "live");
  const find = () => issues.getSnapshot().items.find(({ id }) => id === issue.id);
  /** What the list has shown of the issue since the test began, without repeats. */
  const history = <T>(read: (found: ReturnType<typeof find>) => T) => {
    const values = shown.map(({ items }) => read(items.find(({ id }) => id === issue.id)));
    return values.filter((value, at) => at === 0 || value !== values[at - 1]);
  };
  return { client, issues, issue, find, history, shown };
}

const settled = (client: Faultline) => until(client.pending, (writes) => writes.length === 0, "answered");

/** Holds answers of the API back until they are let go; their requests have been carried out. */
function holdAnswers() {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const held = async (url: string, init: RequestInit) => {
    const response = await fetch(url, init);
    if (init.method !== "GET") await released;
    return response;
  };
  return { fetch: held, release: () => release() };
}

/** Loses the answer to the first write: it has been carried out, and nobody knows. */
function loseFirstAnswer() {
  let isLost = false;
  return async (url: string, init: RequestInit) => {
    const response = await fetch(url, init);
    if (init.method === "GET" || isLost) return response;
    isLost = true;
    throw new TypeError("fetch failed");
  };
}

describe("a write", () => {
  it("shows at once, and stays while the event overtakes the answer", async () => {
    const { fetch, release } = holdAnswers();
    const { client, issue, find, history } = await openWith({ environment: { ...quick, fetch } });
    const done = client.issues.update(issue.id, { severity: "critical", title: "Flood" });
    await until(client.pending, (writes) => writes.length === 1, "pending");
    expect(find()).toMatchObject({ severity: "critical", title: "Flood", isPending: true, version: 1 });
    await waitUntil(() => find()?.version === 2, { what: "the event" });
    expect(find()).toMatchObject({ severity: "critical", isPending: true });
    release();
    const { items } = await stack.as().issues.list();
    expect(await done).toEqual(items.find(({ id }) => id === issue.id));
    await waitUntil(() => find()?.isPending === false, { what: "confirmed" });
    expect(history((found) => found?.severity)).toEqual([undefined, "high", "critical"]);
    expect(history((found) => found?.title)).toEqual([undefined, leak.title, "Flood"]);
    expect(history((found) => found?.isPending)).toEqual([undefined, false, true, false]);
  });

  it("shows just what the server will make of it", async () => {
    const { client, issue, shown } = await openWith();
    const answers = [
      await client.issues.update(issue.id, { severity: "low", location: { lat: 1, lng: 2, floor: "3" } }),
      await client.issues.move(issue.id, "hold"),
      await client.issues.update(issue.id, { location: null, status: "in_progress" }),
      await client.issues.move(issue.id, "resolve"),
      await client.issues.move(issue.id, "close"),
      await client.issues.move(issue.id, "reopen"),
      await client.issues.merge(issue.id, (await stack.as().issues.create(leak)).id),
      await client.issues.move(issue.id, "reopen"),
    ];
    const pending = shown.flatMap(({ items }) =>
      items.filter(({ id, isPending }) => id === issue.id && isPending),
    );
    const essence = ({ version: _, updatedAt: __, resolvedAt, ...rest }: Issue) => ({
      ...rest,
      isResolved: resolvedAt !== null,
    });
    for (const answer of answers) {
      const expected = essence(answer);
      expect(pending.map(({ isPending: _, ...found }) => essence(found))).toContainEqual(expected);
    }
  });

  it("that is refused is taken back, and only that", async () => {
    const { client, issue, find, history } = await openWith({ as: { role: "viewer", uid: "vera" } });
    const refused = expect(client.issues.update(issue.id, { title: "Mine" })).rejects;
    await Promise.all([
      refused.toMatchObject({ reason: "permission-missing", status: 403 }),
      stack.as().issues.update(issue.id, { severity: "low" }),
    ]);
    await waitUntil(() => find()?.severity === "low", { what: "the other's change" });
    expect(find()).toMatchObject({ title: leak.title, isPending: false });
    expect(history((found) => found?.title)).toEqual([undefined, leak.title, "Mine", leak.title]);
    expect(client.pending.getSnapshot()).toEqual([]);
  });

  it("of a new issue shows it under the id that the server gives it", async () => {
    const { fetch, release } = holdAnswers();
    const { client, issues } = await openWith({ environment: { ...quick, fetch } });
    const done = client.issues.report({ ...leak, title: "A new one" });
    const titled = () => issues.getSnapshot().items.filter(({ title }) => title === "A new one");
    await waitUntil(() => titled().length === 1, { what: "shown" });
    const [shown] = titled();
    expect(shown).toMatchObject({ isPending: true, status: "open", campusId: "north", reporterId: "ada" });
    await waitUntil(async () => (await stack.as().issues.list()).items.some(({ id }) => id === shown?.id), {
      what: "created",
    });
    release();
    expect((await done).id).toBe(shown?.id);
    await settled(client);
    expect(titled()).toEqual([{ ...(await done), isPending: false }]);
  });

  it("that removes an issue hides it at once, and for good", async () => {
    const { client, issue, find, history } = await openWith();
    const done = client.issues.remove(issue.id);
    expect(find()).toBeUndefined();
    await done;
    const one = client.watchIssue(issue.id);
    expect(await one.ready()).toMatchObject({ status: "ready", issue: undefined });
    expect(history((found) => found?.id)).toEqual([undefined, issue.id, undefined]);
  });
});

describe("what is written while the API is out of reach", () => {
  it("is shown as pending, and sent in order when it is back", async () => {
    const proxy = await stack.proxy("api");
    const { client, issue, issues, find } = await openWith({ api: proxy.url });
    proxy.cut();
    const done = [
      client.issues.move(issue.id, "start"),
      client.issues.comment(issue.id, "On my way"),
      client.issues.update(issue.id, { severity: "low" }),
      client.issues.move(issue.id, "resolve", "New washer"),
      client.issues.report({ ...leak, title: "And another" }),
    ];
    await until(client.pending, (writes) => writes.length === 5, "all five");
    expect(client.pending.getSnapshot().map(({ kind }) => kind)).toEqual([
      "move",
      "comment",
      "update",
      "move",
      "report",
    ]);
    expect(find()).toMatchObject({ status: "resolved", severity: "low", isPending: true, version: 1 });
    expect(issues.getSnapshot().items.map(({ title }) => title)).toContain("And another");
    proxy.heal();
    await Promise.all(done);
    const { items } = await stack.as().issues.activity(issue.id);
    expect(items.map(({ version, events, comment }) => [version, events.join(), comment]).reverse()).toEqual([
      [1, "issue:created", undefined],
      [2, "issue:updated", undefined],
      [3, "issue:commented", "On my way"],
      [4, "issue:updated", undefined],
      [5, "issue:resolved", "New washer"],
    ]);
    await waitUntil(() => find()?.version === 5 && find()?.isPending === false, { what: "confirmed" });
  });

  it("can be taken back before it is sent", async () => {
    const proxy = await stack.proxy("api");
    const { client, issue, find } = await openWith({ api: proxy.url });
    proxy.cut();
    const first = client.issues.comment(issue.id, "First");
    const second = client.issues.update(issue.id, { title: "Second" });
    const [, write] = await until(client.pending, (writes) => writes.length === 2, "two");
    expect(client.discard(write?.key ?? "")).toBe(true);
    await expect(second).rejects.toThrow("taken back");
    expect(find()?.title).toBe(leak.title);
    proxy.heal();
    expect((await first).version).toBe(2);
  });
});

describe("a write whose answer was lost", () => {
  it.each([
    ["comment", (client: Faultline, id: string) => client.issues.comment(id, "Once")],
    ["update", (client: Faultline, id: string) => client.issues.update(id, { title: " Once " })],
    ["move", (client: Faultline, id: string) => client.issues.move(id, "start")],
    [
      "merge",
      async (client: Faultline, id: string) =>
        client.issues.merge(id, (await stack.as().issues.create(leak)).id),
    ],
  ] as const)("is made once: %s", async (_kind, write) => {
    const { client, issue } = await openWith({ environment: { ...quick, fetch: loseFirstAnswer() } });
    const answer = await write(client, issue.id);
    const { items } = await stack.as().issues.activity(issue.id);
    expect([answer.version, items.length]).toEqual([2, 2]);
  });

  it("is made once: report", async () => {
    const { client, issues } = await openWith({ environment: { ...quick, fetch: loseFirstAnswer() } });
    const { id } = await client.issues.report({ ...leak, title: "Only once" });
    const { items } = await stack.as().issues.list({ limit: 200 });
    expect(items.filter(({ title }) => title === "Only once").map((issue) => issue.id)).toEqual([id]);
    expect(issues.getSnapshot().items.filter(({ title }) => title === "Only once")).toHaveLength(1);
  });

  it("is made once: remove", async () => {
    const { client, issue, find } = await openWith({ environment: { ...quick, fetch: loseFirstAnswer() } });
    await client.issues.remove(issue.id);
    expect(find()).toBeUndefined();
  });
});
