/** Issues: who may read and write them. The writes are in `issue-writes`. */
import {
  type Activity,
  assertCan,
  type CreateIssue,
  type Issue,
  isInScope,
  isScoped,
  type ListIssues,
  type Principal,
  type UpdateIssue,
} from "@faultline/contract";
import type { Page, PageQuery, Store } from "../store/index.ts";
import { findBuilding, refuse } from "./find.ts";
import {
  assign,
  comment,
  create,
  merge,
  move,
  readable,
  remove,
  update,
  type WriteDeps,
} from "./issue-writes.ts";
import type { Condition, Move } from "./revision.ts";
import { scopeOf } from "./scope.ts";

export interface IssueService {
  /** The same key gives the same issue: the first answer again, or `key-reused` for a different request. */
  create(principal: Principal, request: CreateIssue, key?: string): Promise<Issue>;
  get(principal: Principal, id: string): Promise<Issue>;
  list(principal: Principal, query: ListIssues): Promise<Page<Issue>>;
  /** A change that changes nothing writes nothing. */
  update(principal: Principal, id: string, change: UpdateIssue, condition?: Condition): Promise<Issue>;
  move(principal: Principal, id: string, move: Move, condition?: Condition): Promise<Issue>;
  assign(principal: Principal, id: string, assigneeId: string | null, condition?: Condition): Promise<Issue>;
  comment(principal: Principal, id: string, text: string): Promise<Issue>;
  /** Resolves the issue as a duplicate of `into`, whose history tells of it. */
  merge(principal: Principal, id: string, into: string, condition?: Condition): Promise<Issue>;
  remove(principal: Principal, id: string, condition?: Condition): Promise<void>;
  /** Newest first; it outlives the issue. */
  history(principal: Principal, id: string, page: PageQuery): Promise<Page<Activity>>;
}

export function createIssueService(deps: WriteDeps): IssueService {
  const { store } = deps;
  return {
    create: (...request) => create(deps, ...request),
    get: async (principal, id) =>
      readable(principal, await store.issues.get(principal.organizationId, id), id),
    list: (...request) => list(store, ...request),
    update: (...request) => update(deps, ...request),
    move: (...request) => move(deps, ...request),
    assign: (...request) => assign(deps, ...request),
    comment: (...request) => comment(deps, ...request),
    merge: (...request) => merge(deps, ...request),
    remove: (...request) => remove(deps, ...request),
    history: (...request) => history(store, ...request),
  };
}

async function list(store: Store, principal: Principal, query: ListIssues): Promise<Page<Issue>> {
  assertCan(principal, "read");
  const { buildingId, campusId } = query;
  // Only a scoped member's explicit building has to be looked up: it may lie on a campus of theirs.
  const isLookedUp = buildingId !== undefined && isScoped(principal);
  const building = isLookedUp ? await findBuilding(store, principal, buildingId) : undefined;
  return store.issues.list(principal.organizationId, query, scopeOf(principal, { campusId, building }));
}

async function history(
  store: Store,
  principal: Principal,
  id: string,
  page: PageQuery,
): Promise<Page<Activity>> {
  const { items, nextCursor } = await store.history.list(principal.organizationId, id, page);
  if (items.length === 0 && page.cursor === undefined) refuse("issue", id, "id");
  // An issue that was moved past the API may have been elsewhere before: what was there stays there.
  const visible = items.filter(({ issue }) => isInScope(principal, issue));
  const [newest] = items;
  if (newest && visible.length === 0) assertCan(principal, "read", newest.issue);
  return { items: visible, ...(nextCursor === undefined ? {} : { nextCursor }) };
}
