/** A list of issues, page by page: fetched to as many as are wanted, and kept without a hole. */
import type { Api, IssueFilter } from "../api/api.ts";
import type { IssueCache, WatchedIssue } from "./cache.ts";
import { placeOf } from "./filter.ts";
import { type Horizon, IssueWindow } from "./window.ts";

export interface ListOptions {
  readonly api: { readonly issues: Pick<Api["issues"], "list"> };
  readonly cache: IssueCache;
  readonly query: IssueFilter;
  /** How many are wanted at first. */
  readonly limit: number;
}

/** The most that one request gives. */
export const pageSize = 200;

/** Where a page ends: what is known up to there, and how to go on. */
interface PageEnd {
  readonly horizon: Horizon;
  readonly cursor: string | undefined;
}

const beginning: PageEnd = { horizon: undefined, cursor: undefined };

export class IssueList {
  readonly #options: ListOptions;
  readonly #window: IssueWindow;
  #wanted: number;
  #end = beginning;

  constructor(options: ListOptions) {
    this.#options = options;
    this.#window = new IssueWindow(options.query, options.cache);
    this.#wanted = options.limit;
  }

  get items(): readonly WatchedIssue[] {
    return this.#window.items;
  }

  get hasMore(): boolean {
    return this.#end.cursor !== undefined;
  }

  /** Whether so many have left the list that more should be fetched. */
  get isShort(): boolean {
    return this.hasMore && this.items.length < this.#wanted / 2;
  }

  /** Takes in what the cache knows now of these issues. */
  update(ids: ReadonlySet<string>): void {
    this.#window.update(ids);
  }

  /** From now on so many more are wanted. */
  widen(): void {
    this.#wanted = Math.max(this.#wanted, this.items.length) + this.#options.limit;
  }

  /** Fetches all that is wanted afresh. */
  load(signal: AbortSignal): Promise<void> {
    return this.#fetch(beginning, () => this.#wanted, signal);
  }

  /** Fetches what is wanted and not there yet. */
  async loadMissing(signal: AbortSignal): Promise<void> {
    const missing = () => this.#wanted - this.items.length;
    if (this.hasMore && missing() > 0) await this.#fetch(this.#end, missing, signal);
  }

  async #fetch(from: PageEnd, count: () => number, signal: AbortSignal): Promise<void> {
    let last = from;
    let left = count();
    do {
      const page = await this.#page(last, Math.min(left, pageSize), signal);
      if (signal.aborted) return;
      last = page.end;
      left -= page.count;
    } while (last.cursor !== undefined && left > 0);
    this.#end = last;
    this.#window.reach(last.horizon);
  }

  /** Takes a page in. What should have been in it and is not has gone, or has changed so that it does not match. */
  async #page(from: PageEnd, limit: number, signal: AbortSignal) {
    const { api, cache, query } = this.#options;
    const at = cache.now();
    const { items, nextCursor } = await api.issues.list({ ...query, limit, cursor: from.cursor }, { signal });
    const last = items.at(-1);
    const horizon = nextCursor !== undefined && last ? placeOf(query, last) : undefined;
    const end: PageEnd = { horizon, cursor: last && nextCursor };
    if (!signal.aborted) {
      cache.batch(() => {
        const listed = new Set(items.map(({ id }) => id));
        for (const issue of items) cache.learn(issue, at);
        const expected = [...this.#window.expected(at, from.horizon, horizon)];
        cache.forget(expected.filter((id) => !listed.has(id)));
      });
    }
    return { end, count: items.length };
  }
}
