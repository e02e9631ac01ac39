import type { Activity, Issue } from "@faultline/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { World } from "../../test/world.ts";
import type { Api } from "../api/api.ts";
import { Refusal, Unreachable } from "../base/refusal.ts";
import { IssueCache } from "./cache.ts";
import { type Write, WriteQueue } from "./queue.ts";

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

  write(title: string): Write {
    return {
      kind: "update",
      issueId: "a",
      apply: (issue) => issue && { ...issue, title },
      send: () => this.#send(title),
      isIn: ({ issue }) => issue.title === title,
    };
  }

  readonly api = {
    issues: { activity: async () => ({ items: [...this.history].reverse() }) },
  } as unknown as Pick<Api, "issues">;

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

function open(server: Server) {
  const cache = new IssueCache();
  const clock = {
    now: () => 0,
    after(_ms: number, act: () => void) {
      const timer = setImmediate(act);
      return () => clearImmediate(timer);
    },
  };
  for (const issue of server.world.issues.values()) cache.learn(issue, cache.now());
  const queue = new WriteQueue({ api: server.api, cache, clock, random: () => 0, uid: () => "ada" });
  return { cache, queue };
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
            for (let passed = 0; passed < pause; passed += 1)
              await new Promise((resolve) => setImmediate(resolve));
            answers.push(queue.add(server.write(`title ${at}`), `key ${at}`).catch(() => {}));
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
    const first = queue.add(server.write("first"), "1").catch((error: Refusal) => error.reason);
    const second = queue.add(server.write("second"), "2");
    expect(await first).toBe("move-illegal");
    expect(cache.get("a")).toMatchObject({ title: "second", isPending: true });
    await second;
    expect(cache.get("a")).toMatchObject({ title: "second", isPending: false, version: 2 });
  });

  it("that nobody waits for any more reject when the client is closed", async () => {
    const server = new Server(Array.from({ length: 50 }, () => "unsent"));
    const { queue } = open(server);
    const answer = queue.add(server.write("never"), "1");
    queue.close();
    await expect(answer).rejects.toThrow("closed");
  });
});
