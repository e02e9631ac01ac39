/**
 * The part of a list that is known without a hole: all that matches the filter, up to the horizon. What lies beyond is
 * not shown, since what else lies there was not fetched.
 */
import type { Issue } from "@faultline/contract";
import type { IssueFilter } from "../api/api.ts";
import type { IssueCache, WatchedIssue } from "./cache.ts";
import { comparePlaces, matches, type Place, placeOf } from "./filter.ts";

/** Undefined: all of it is known. */
export type Horizon = Place | undefined;

export class IssueWindow {
  readonly #filter: IssueFilter;
  readonly #cache: IssueCache;
  #horizon: Horizon;
  #items: readonly WatchedIssue[] = [];

  constructor(filter: IssueFilter, cache: IssueCache) {
    this.#filter = filter;
    this.#cache = cache;
  }

  /** In order; the same array until something has changed. */
  get items(): readonly WatchedIssue[] {
    return this.#items;
  }

  /** Everything up to there is known now. */
  reach(horizon: Horizon): void {
    this.#horizon = horizon;
    const all = [...this.#cache.ids()].flatMap((id) => this.#visible(id) ?? []);
    // Reading thousands of times once rather than at each comparison.
    const placed = all.map((issue) => ({ issue, place: placeOf(this.#filter, issue) }));
    placed.sort((a, b) => comparePlaces(this.#filter, a.place, b.place));
    const sorted = placed.map(({ issue }) => issue);
    const isSame =
      sorted.length === this.#items.length && sorted.every((issue, at) => issue === this.#items[at]);
    if (!isSame) this.#items = sorted;
  }

  /** Takes in what the cache knows now of these issues. */
  update(ids: ReadonlySet<string>): void {
    const visible = [...ids].flatMap((id) => this.#visible(id) ?? []);
    const kept = this.#items.filter(({ id }) => !ids.has(id));
    if (visible.length === 0 && kept.length === this.#items.length) return;
    for (const issue of visible) kept.splice(this.#indexFor(kept, issue), 0, issue);
    this.#items = kept;
  }

  /** Of what was learnt before `at`, what should have been in a page that begins after `from` and ends at `to`. */
  *expected(at: number, from: Horizon, to: Horizon): Iterable<string> {
    for (const issue of this.#cache.learntBefore(at)) {
      const isAfter = !from || comparePlaces(this.#filter, placeOf(this.#filter, issue), from) > 0;
      if (isAfter && matches(this.#filter, issue) && this.#isWithin(issue, to)) yield issue.id;
    }
  }

  #visible(id: string): WatchedIssue | undefined {
    const issue = this.#cache.get(id);
    return issue && matches(this.#filter, issue) && this.#isWithin(issue, this.#horizon) ? issue : undefined;
  }

  #isWithin(issue: Issue, horizon: Horizon): boolean {
    return !horizon || comparePlaces(this.#filter, placeOf(this.#filter, issue), horizon) <= 0;
  }

  #indexFor(items: readonly Issue[], issue: Issue): number {
    const place = placeOf(this.#filter, issue);
    let [low, high] = [0, items.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = items[middle];
      if (other && comparePlaces(this.#filter, placeOf(this.#filter, other), place) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
