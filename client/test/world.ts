/** A server in memory, whose answers and events come when a test says: for what depends on their order alone. */
import type { Issue, IssueEvent, Severity, Status } from "@faultline/contract";
import type { IssueFilter, Page, Paging } from "../src/api/api.ts";
import { comparePlaces, matches, placeOf } from "../src/issues/filter.ts";

interface Request {
  /** Reads the server as it is now. */
  evaluate(): void;
  answer(): void;
  isEvaluated: boolean;
}

export class World {
  readonly issues = new Map<string, Issue>();
  /** Events that were not delivered yet. */
  readonly events: IssueEvent[] = [];
  readonly requests: Request[] = [];
  #time = 0;

  /** In the order of a filter. */
  list(filter: IssueFilter): readonly Issue[] {
    return [...this.issues.values()]
      .filter((issue) => matches(filter, issue))
      .sort((a, b) => comparePlaces(filter, placeOf(filter, a), placeOf(filter, b)));
  }

  create(id: string, status: Status): void {
    if (this.issues.has(id)) return;
    const time = this.#now();
    this.#commit("issue:created", {
      id,
      organizationId: "riverside",
      campusId: "north",
      buildingId: "library",
      title: id,
      description: "",
      category: "other",
      severity: "low",
      status,
      reporterId: "rita",
      assigneeId: null,
      dueAt: time,
      createdAt: time,
      updatedAt: time,
      resolvedAt: null,
      version: 1,
    });
  }

  update(
    id: string,
    change: { readonly status?: Status; readonly title?: string; readonly severity?: Severity },
  ): Issue | undefined {
    const issue = this.issues.get(id);
    if (!issue) return undefined;
    const next = { ...issue, ...change, updatedAt: this.#now(), version: issue.version + 1 };
    this.#commit("issue:updated", next);
    return next;
  }

  delete(id: string): void {
    const issue = this.issues.get(id);
    if (!issue) return;
    this.#commit("issue:deleted", { ...issue, version: issue.version + 1, updatedAt: this.#now() });
    this.issues.delete(id);
  }

  /** The API's list. */
  readonly fetch = (query: IssueFilter & Paging = {}): Promise<Page<Issue>> =>
    new Promise((resolve) => {
      const { cursor, limit = 50, ...filter } = query;
      let page: Page<Issue> = { items: [] };
      this.requests.push({
        isEvaluated: false,
        evaluate: () => {
          const from = cursor === undefined ? undefined : JSON.parse(cursor);
          const rest = this.list(filter).filter(
            (issue) => !from || comparePlaces(filter, placeOf(filter, issue), from) > 0,
          );
          const items = rest.slice(0, limit);
          const last = items.at(-1);
          page = {
            items,
            ...(rest.length > limit && last && { nextCursor: JSON.stringify(placeOf(filter, last)) }),
          };
        },
        answer: () => resolve(page),
      });
    });

  /** The oldest request that the server has not read yet; false when there is none. */
  evaluate(): boolean {
    const request = this.requests.find(({ isEvaluated }) => !isEvaluated);
    if (!request) return false;
    request.evaluate();
    request.isEvaluated = true;
    return true;
  }

  /** The oldest answer that is on its way. */
  async answer(): Promise<boolean> {
    const at = this.requests.findIndex(({ isEvaluated }) => isEvaluated);
    const [request] = at < 0 ? [] : this.requests.splice(at, 1);
    request?.answer();
    await new Promise((resolve) => setImmediate(resolve));
    return request !== undefined;
  }

  #commit(type: IssueEvent["type"], issue: Issue): void {
    this.issues.set(issue.id, issue);
    const { organizationId, campusId, buildingId, updatedAt: time, version } = issue;
    const data = { issue, changed: [], actor: { uid: "rita" } };
    this.events.push({ type, organizationId, campusId, buildingId, time, version, data });
  }

  #now(): string {
    this.#time += 1_000;
    return new Date(this.#time).toISOString();
  }
}
