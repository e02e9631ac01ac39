/** Issues: who may do what, in which order, and what is told of it. */
import {
  type Activity,
  assertCan,
  type CreateIssue,
  changedFields,
  createIssueSchema,
  FaultlineError,
  type Issue,
  isInScope,
  isScoped,
  type ListIssues,
  type Member,
  type MoveName,
  moves,
  type Principal,
  type UpdateIssue,
} from "@faultline/contract";
import type { IssueWrite, Page, Store } from "../store/index.ts";
import type { Announce } from "./announce.ts";
import { findBuilding, refuse } from "./find.ts";
import { issueIdOf } from "./idempotency.ts";
import {
  type Author,
  assertVersion,
  creation,
  deletion,
  moved,
  newIssue,
  revision,
  updated,
  type Versions,
} from "./revision.ts";
import { scopeOf } from "./scope.ts";

export interface IssueDeps {
  readonly store: Store;
  readonly announce: Announce;
  readonly now: () => Date;
  readonly newId: () => string;
}

export interface Condition {
  /** Refuse with `version-stale` unless the issue is at one of these. */
  readonly ifMatch?: Versions | undefined;
}

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
  remove(principal: Principal, id: string, condition?: Condition): Promise<void>;
  /** Newest first; it outlives the issue. */
  history(
    principal: Principal,
    id: string,
    page: { readonly limit: number; readonly cursor?: string | undefined },
  ): Promise<Page<Activity>>;
}

export interface Move {
  readonly name: MoveName;
  readonly comment?: string | undefined;
}

/** What a request for a change says beyond the issue; `decide` throws what refuses it. */
interface Revising extends Condition {
  readonly principal: Principal;
  readonly id: string;
  readonly memberUid?: string | null;
  decide(issue: Issue, author: Author, member: Member | undefined): IssueWrite;
}

export function createIssueService({ store, announce, now, newId }: IssueDeps): IssueService {
  const authorOf = (principal: Principal): Author => ({ principal, time: now().toISOString() });

  const revise = async ({ principal, id, memberUid = null, ifMatch, decide }: Revising): Promise<Issue> => {
    const { organizationId } = principal;
    const author = authorOf(principal);
    const { issue, commit } = await store.issues.change({
      organizationId,
      id,
      memberUid,
      decide: (current, member) => {
        const before = readable(principal, current, id);
        assertVersion(before, ifMatch);
        return decide(before, author, member);
      },
    });
    if (commit) await announce(organizationId, commit);
    return known(issue, id);
  };

  return {
    async create(principal, request, key) {
      const author = authorOf(principal);
      const { organizationId } = principal;
      const id = key === undefined ? newId() : issueIdOf(principal, key);
      const commit = await store.issues.create({
        organizationId,
        id,
        buildingId: request.buildingId,
        decide: (building) => {
          if (!building) refuse("building", request.buildingId, "buildingId");
          const { campusId } = building;
          assertCan(principal, "report", { campusId, buildingId: building.id });
          return creation(newIssue(request, { id, campusId }, author), author);
        },
      });
      if (!commit) return firstAnswer(await store.history.entry(organizationId, id, 1), request, author);
      await announce(organizationId, commit);
      return commit.activity.issue;
    },

    async get(principal, id) {
      return readable(principal, await store.issues.get(principal.organizationId, id), id);
    },

    async list(principal, query) {
      assertCan(principal, "read");
      const { buildingId, campusId } = query;
      // Only a scoped member's explicit building has to be looked up: it may lie on a campus of theirs.
      const isLookedUp = buildingId !== undefined && isScoped(principal);
      const building = isLookedUp ? await findBuilding(store, principal, buildingId) : undefined;
      return store.issues.list(principal.organizationId, query, scopeOf(principal, { campusId, building }));
    },

    update: (principal, id, change, condition) =>
      revise({
        ...condition,
        principal,
        id,
        decide: (issue, author) => revision(issue, updated(issue, change, author), author),
      }),

    move: (principal, id, { name, comment }, condition) =>
      revise({
        ...condition,
        principal,
        id,
        decide: (issue, author) => revision(issue, moved(issue, moves[name].to, author), author, comment),
      }),

    assign: (principal, id, assigneeId, condition) =>
      revise({
        ...condition,
        principal,
        id,
        memberUid: assigneeId,
        decide: (issue, author, member) => {
          assertCan(principal, "assign", issue);
          if (assigneeId !== null && !member) throw unknownAssignee(assigneeId);
          return revision(issue, { ...issue, assigneeId }, author);
        },
      }),

    comment: (principal, id, text) =>
      revise({
        principal,
        id,
        decide: (issue, author) => {
          assertCan(principal, "comment", issue);
          return revision(issue, issue, author, text);
        },
      }),

    async remove(principal, id, condition) {
      await revise({
        ...condition,
        principal,
        id,
        decide: (issue, author) => {
          assertCan(principal, "delete", issue);
          return deletion(issue, author);
        },
      });
    },

    async history(principal, id, page) {
      const { items, nextCursor } = await store.history.list(principal.organizationId, id, page);
      if (items.length === 0 && page.cursor === undefined) refuse("issue", id, "id");
      // An issue that was moved past the API may have been elsewhere before: what was there stays there.
      const visible = items.filter(({ issue }) => isInScope(principal, issue));
      const [newest] = items;
      if (newest && visible.length === 0) assertCan(principal, "read", newest.issue);
      return { items: visible, ...(nextCursor === undefined ? {} : { nextCursor }) };
    },
  };
}

function readable(principal: Principal, issue: Issue | undefined, id: string): Issue {
  const found = known(issue, id);
  assertCan(principal, "read", found);
  return found;
}

function known(issue: Issue | undefined, id: string): Issue {
  if (!issue) refuse("issue", id, "id");
  return issue;
}

/** What the first request with this key was answered, if this one asks for the same. */
function firstAnswer(first: Activity | undefined, request: CreateIssue, author: Author): Issue {
  if (!first) throw new FaultlineError("contended", "The first request with this key is still under way.");
  const { issue } = first;
  const asked = newIssue(request, issue, author);
  const requested = new Set<string>(Object.keys(createIssueSchema.shape));
  if (changedFields(issue, asked).some((field) => requested.has(field))) {
    throw new FaultlineError(
      "key-reused",
      "Idempotency-Key: you used this key for a different issue; take a new one for each.",
      { field: "Idempotency-Key" },
    );
  }
  return issue;
}

function unknownAssignee(uid: string): FaultlineError {
  return new FaultlineError("member-unknown", `assigneeId: ${uid} is not a member of your organization.`, {
    field: "assigneeId",
  });
}
