import type { Activity, Issue } from "@faultline/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLocks } from "../../test/locks.ts";
import { createStorage } from "../../test/storage.ts";
import { World } from "../../test/world.ts";
import type { Api } from "../api/api.ts";
import { Refusal, Unreachable } from "../base/refusal.ts";
import { IssueCache } from "./cache.ts";
import { writeOf } from "./intent.ts";
import { openOutbox } from "./outbox.ts";
import { WriteQueue } from "./queue.ts";

/** What becomes of one attempt to send. "unheard": it was carried out, but the answer was lost. */
const outcome = fc.constantFrom("answered", "unheard", "unsent", "busy", "refused");
type Outcome = "answered" | "unheard" | "unsent" | "busy" | "refused";

const errorOf = (reason: "contended" | "move-illegal") =>
  new Refusal({
    reason,
    code: reason === "contended" ? "aborted" : "failed-precondition",
    status: reason === "contended" ? 409 : 412,
    message: reason,
    retry: reason === "contended",
  });

/** A server that knows one issue, whose title is all that writes change; every attempt has an outcome that is given. */
class Server {
  readonly world = new World();
  readonly history: Activity[] = [];
  readonly refused = new Set<string>();
  inFlight = 0;
  mostInFlight = 0;
  readonly #outcomes: Outcome[];

  constructor(outcomes: readonly Outcome[]) {
    this.#outcomes = [...outcomes];
    this.world.create("a", "open");
  }

  /** As a page reaches it, which asks and hears nothing any more once it is gone. */
  apiOf(page: { readonly isGone: boolean }): Pick<Api, "issues"> {
    const heard = async <T>(ask: () => Promise<T>): Promise<T> => {
      if (page.isGone) return new Promise(() => {});
      const [outcome] = await Promise.allSettled([ask()]);
      if (page.isGone) return new Promise(() => {});
      if (outcome.status === "rejected") throw outcome.reason;
      return outcome.value;
    };
    return {
      issues: {
        activity: () => heard(async () => ({ items: [...this.history].reverse() })),
        get: () => heard(async () => this.world.issues.get("a")),
        update: (_id: string, { title = "" }) => heard(() => this.#send(title)),
      },
    } as unknown as Pick<Api, "issues">;
  }

  async #send(title: string): Promise<Issue> {
    this.inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    await new Promise((resolve) => setImmediate(resolve));
    this.inFlight -= 1;
    const outcome = this.#outcomes.shift() ?? "answered";
    if (outcome === "unsent") throw new Unreachable("unsent");
    if (outcome === "busy") throw errorOf("contended");
    if (outcome === "refused") {
      this.refused.add(title);
      throw errorOf("move-illegal");
    }
    const issue = this.world.update("a", { title });
    if (!issue) throw new Error("it is there");
    this.history.push({
      version: issue.version,
      time: issue.updatedAt,
      actor: { uid: "ada" },
      events: ["issue:updated"],
      changed: ["title"],
      issue,
    });
    if (outcome === "unheard") throw new Unreachable("unheard");
    return issue;
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

const write = (title: string) =>
  writeOf({ kind: "update", issueId: "a", fields: { title }, time: "2026-11-23T07:00:00.000Z" }, title);

function open(server: Server) {
  const cache = new IssueCache();
  const page = { isGone: false };
  const clock = {
    now: () => 0,
    after(ms: number, act: () => void) {
      // Pages look for what others have left when they are opened; that is enough here.
      const timer = ms < 10_000 ? setImmediate(act) : undefined;
      return () => clearImmediate(timer);
    },
  };
  for (const issue of server.world.issues.values()) cache.learn(issue, cache.now());
  const refused: string[] = [];
  const queue = new WriteQueue({
    api: server.apiOf(page),
    cache,
    clock,
    random: () => 0,
    uid: () => "ada",
    onRefused: ({ key }) => refused.push(key),
  });
  return { cache, queue, page, refused };
}

describe("writes", () => {
  it("are made once each, one after another and in order, whatever becomes of each attempt", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(outcome, { maxLength: 12 }),
        fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 6 }),
        async (outcomes, pauses) => {
          const server = new Server(outcomes);
          const { cache, queue } = open(server);
          const answers: Promise<unknown>[] = [];
          for (const [at, pause] of pauses.entries()) {
            for (let passed = 0; passed < pause; passed += 1) await turn();
            answers.push(queue.add(write(`title ${at}`), `key ${at}`).catch(() => {}));
            expect(cache.get("a")?.title).toBe(`title ${at}`);
          }
          await Promise.all(answers);
          const titles = pauses.map((_, at) => `title ${at}`).filter((title) => !server.refused.has(title));
          expect(server.history.map(({ issue }) => issue.title)).toEqual(titles);
          expect(server.mostInFlight).toBe(1);
          expect(queue.pending.getSnapshot()).toEqual([]);
          expect(cache.get("a")).toEqual({ ...server.world.issues.get("a"), isPending: false });
        },
      ),
      { numRuns: 200 },
    );
  });

  it("that are refused take back only what they showed", async () => {
    const server = new Server(["refused", "answered"]);
    const { cache, queue } = open(server);
    const first = queue.add(write("first"), "1").catch((error: Refusal) => error.reason);
    const second = queue.add(write("second"), "2");
    expect(await first).toBe("move-illegal");
    expect(cache.get("a")).toMatchObject({ title: "second", isPending: true });
    await second;
    expect(cache.get("a")).toMatchObject({ title: "second", isPending: false, version: 2 });
  });

  it("that nobody waits for any more reject when the client is closed", async () => {
    const server = new Server(Array.from({ length: 50 }, () => "unsent"));
    const { queue } = open(server);
    const answer = queue.add(write("never"), "1");
    queue.close();
    await expect(answer).rejects.toThrow("closed");
  });
});

/** A browser, in which a page can go at any moment; the next one finds its storage. */
function openBrowser(server: Server) {
  const storage = createStorage();
  const locks = createLocks();
  return {
    storage,
    async openPage(owner = "ada") {
      const opened = open(server);
      const outbox = await openOutbox({ storage, locks, owner });
      await opened.queue.open(outbox);
      const leave = () => {
        opened.page.isGone = true;
        outbox.close();
      };
      return { ...opened, leave };
    },
  };
}

const settled = async ({ queue }: { readonly queue: WriteQueue }) => {
  while (queue.pending.getSnapshot().length > 0) await turn();
};

describe("writes that are kept", () => {
  it("are made once each and in order, though pages go at any moment", async () => {
    const step = fc.oneof(fc.constant("write"), fc.constant("reload"), fc.constant("turn"));
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          outcome.filter((one) => one !== "refused"),
          { maxLength: 12 },
        ),
        fc.array(step, { minLength: 1, maxLength: 20 }),
        async (outcomes, steps) => {
          const server = new Server(outcomes);
          const browser = openBrowser(server);
          let page = await browser.openPage();
          const titles: string[] = [];
          for (const [at, step] of steps.entries()) {
            if (step === "turn") await turn();
            if (step === "write") {
              titles.push(`title ${at}`);
              void page.queue.add(write(`title ${at}`), `title ${at}`);
            }
            if (step === "reload") {
              page.leave();
              // What was under way arrives before the next page asks for the history.
              while (server.inFlight > 0) await turn();
              page = await browser.openPage();
            }
          }
          await settled(page);
          expect(server.history.map(({ issue }) => issue.title)).toEqual(titles);
          expect(browser.storage.length).toBe(0);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("show as pending after a reload, over what the server tells", async () => {
    const server = new Server(Array.from({ length: 50 }, () => "unsent"));
    const browser = openBrowser(server);
    const before = await browser.openPage();
    void before.queue.add(write("first"), "1");
    void before.queue.add(write("second"), "2");
    before.leave();
    const after = await browser.openPage();
    expect(after.queue.pending.getSnapshot()).toMatchObject([
      { key: "1", isKept: true },
      { key: "2", isKept: true },
    ]);
    expect(after.cache.get("a")).toMatchObject({ title: "second", isPending: true });
    expect(after.queue.discard("2")).toBe(true);
    expect(after.cache.get("a")).toMatchObject({ title: "first" });
    after.queue.close();
  });

  it("are another user's never, and the user's own again later", async () => {
    const server = new Server([]);
    const browser = openBrowser(server);
    const ada = await browser.openPage("ada");
    void ada.queue.add(write("of Ada"), "1");
    ada.leave();
    const bob = await browser.openPage("bob");
    expect(bob.queue.pending.getSnapshot()).toEqual([]);
    bob.leave();
    await settled(await browser.openPage("ada"));
    expect(server.history.map(({ issue }) => issue.title)).toEqual(["of Ada"]);
  });

  it("of a tab that still lives are left to it", async () => {
    const server = new Server(Array.from({ length: 50 }, () => "unsent"));
    const browser = openBrowser(server);
    const first = await browser.openPage();
    void first.queue.add(write("of the first"), "1").catch(() => {});
    const second = await browser.openPage();
    expect(second.queue.pending.getSnapshot()).toEqual([]);
    first.queue.close();
    await turn();
    await turn();
    second.queue.hurry();
    while (second.queue.pending.getSnapshot().length === 0) await turn();
    second.queue.close();
  });

  it("and are refused after a reload tell so, since nobody waits for their answer", async () => {
    const server = new Server(["refused"]);
    const browser = openBrowser(server);
    const before = await browser.openPage();
    before.page.isGone = true;
    browser.storage.setItem("of something else", "1");
    const slip = { key: "1", since: 0, intent: write("mine").intent };
    browser.storage.setItem("faultline write ada 1 gone", JSON.stringify(slip));
    browser.storage.setItem("faultline write ada 2 gone", "{");
    const after = await browser.openPage();
    await settled(after);
    expect(after.refused).toEqual(["1"]);
    expect(after.cache.get("a")?.title).toBe("a");
  });

  it("live as long as the page where there is no room for them, and say so", async () => {
    const server = new Server(["unsent", "unsent"]);
    const browser = openBrowser(server);
    const page = await browser.openPage();
    browser.storage.room = 0;
    const done = page.queue.add(write("big"), "1");
    expect(page.queue.pending.getSnapshot()).toMatchObject([{ key: "1", isKept: false }]);
    await done;
    expect(browser.storage.length).toBe(0);
  });
});
