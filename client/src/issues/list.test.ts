import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { World } from "../../test/world.ts";
import type { IssueFilter } from "../api/api.ts";
import { IssueCache } from "./cache.ts";
import { IssueList } from "./list.ts";

const ids = ["a", "b", "c", "d", "e", "f", "g", "h"];

type Command =
  | { readonly act: "create" | "delete" | "resolve" | "reopen" | "touch"; readonly id: string }
  | { readonly act: "deliver" | "repeat" | "evaluate" | "answer" | "lose" | "more" };

const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({
    act: fc.constantFrom("create", "delete", "resolve", "reopen", "touch"),
    id: fc.constantFrom(...ids),
  }),
  fc
    .constantFrom("deliver", "deliver", "repeat", "evaluate", "answer", "lose", "more")
    .map((act) => ({ act })),
);

const filters: readonly IssueFilter[] = [
  { status: ["open", "on_hold"], sort: "-createdAt" },
  { status: "open", sort: "updatedAt" },
  { sort: "-updatedAt" },
];

/** A list that a client keeps of the world, through a line that delivers in order and may lose things. */
class Viewer {
  readonly cache = new IssueCache();
  readonly list: IssueList;
  #loading = new AbortController();
  #work: Promise<void>;
  /** The newest version of each issue that was ever shown. */
  readonly #seen = new Map<string, number>();
  readonly #deleted = new Set<string>();
  readonly #old: World["events"] = [];

  constructor(
    readonly world: World,
    readonly filter: IssueFilter,
    limit: number,
  ) {
    this.list = new IssueList({
      api: { issues: { list: world.fetch } },
      cache: this.cache,
      query: filter,
      limit,
    });
    this.cache.subscribe((changed) => {
      this.list.update(changed);
      this.#check();
    });
    this.#work = this.list.load(this.#loading.signal);
  }

  deliver(): boolean {
    const event = this.world.events.shift();
    if (!event) return false;
    if (event.type === "issue:deleted") this.#deleted.add(event.data.issue.id);
    this.cache.take(event);
    this.#old.push(event);
    return true;
  }

  /** An event that was delivered before comes again. */
  repeat(): void {
    const [event] = this.#old;
    if (event) this.cache.take(event);
  }

  /** What was not delivered is lost, and the client is told so. */
  lose(): void {
    for (const { type, data } of this.world.events.splice(0))
      if (type === "issue:deleted") this.#deleted.delete(data.issue.id);
    this.#loading.abort();
    this.#loading = new AbortController();
    this.#work = this.list.load(this.#loading.signal);
  }

  more(): void {
    const { signal } = this.#loading;
    this.list.widen();
    this.#work = this.#work.then(() => this.list.loadMissing(signal));
  }

  async settle(): Promise<void> {
    let isDone = false;
    void this.#work.then(() => {
      isDone = true;
    });
    while (!isDone || this.world.events.length > 0 || this.world.requests.length > 0) {
      this.deliver();
      this.world.evaluate();
      await this.world.answer();
    }
  }

  #check(): void {
    for (const { id, version } of this.list.items) {
      expect(version, `${id} goes back`).toBeGreaterThanOrEqual(this.#seen.get(id) ?? 0);
      expect(this.#deleted.has(id), `${id} was deleted`).toBe(false);
      this.#seen.set(id, version);
    }
  }
}

async function obey(command: Command, world: World, viewer: Viewer, used: Set<string>): Promise<void> {
  switch (command.act) {
    case "create":
      // Ids are not given twice.
      if (!used.has(command.id)) world.create(command.id, "open");
      used.add(command.id);
      break;
    case "delete":
      world.delete(command.id);
      break;
    case "resolve":
      world.update(command.id, { status: "resolved" });
      break;
    case "reopen":
      world.update(command.id, { status: "open" });
      break;
    case "touch":
      world.update(command.id, { title: "touched" });
      break;
    case "answer":
      await world.answer();
      break;
    case "evaluate":
      world.evaluate();
      break;
    default:
      viewer[command.act]();
  }
}

describe("a list of issues", () => {
  it.each(filters)("of %j equals the server's, in whatever order answers and events come", async (filter) => {
    const history = fc.array(command, { maxLength: 50 });
    await fc.assert(
      fc.asyncProperty(history, fc.integer({ min: 1, max: 6 }), async (commands, limit) => {
        const world = new World();
        const used = new Set(["a", "b", "c", "d"]);
        for (const id of used) world.create(id, "open");
        world.events.splice(0);
        const viewer = new Viewer(world, filter, limit);
        for (const command of commands) await obey(command, world, viewer, used);
        await viewer.settle();
        const truth = world.list(filter);
        const { items, hasMore } = viewer.list;
        expect(items.map(({ isPending: _, ...issue }) => issue)).toEqual(truth.slice(0, items.length));
        if (!hasMore) expect(items).toHaveLength(truth.length);
      }),
      { numRuns: 150 },
    );
  });
});

describe("what was deleted", () => {
  it("does not come back by an answer that was on its way, nor by an event that is repeated", async () => {
    const world = new World();
    world.create("a", "open");
    const viewer = new Viewer(world, {}, 10);
    world.evaluate();
    const [created] = world.events;
    viewer.deliver();
    world.delete("a");
    viewer.deliver();
    await world.answer();
    if (created) viewer.cache.take(created);
    expect(viewer.list.items).toEqual([]);
  });

  it("is remembered within bounds", () => {
    const cache = new IssueCache();
    for (let at = 0; at < 5_000; at += 1) cache.delete(`issue-${at}`);
    const world = new World();
    world.create("issue-4999", "open");
    world.create("issue-0", "open");
    for (const issue of world.issues.values()) cache.learn(issue, 0);
    expect(cache.get("issue-4999")).toBeUndefined();
    expect(cache.get("issue-0")).toBeDefined();
  });
});
