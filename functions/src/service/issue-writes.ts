/** Writes of issues: each decides inside one transaction of the store, then is announced. */
import {
  type Activity,
  assertCan,
  type CreateIssue,
  changedFields,
  createIssueSchema,
  FaultlineError,
  type Issue,
  type Member,
  moves,
  type Principal,
  type UpdateIssue,
} from "@faultline/contract";
import type { IssueWrite, Store } from "../store/index.ts";
import type { Announce } from "./announce.ts";
import { refuse } from "./find.ts";
import { issueIdOf } from "./idempotency.ts";
import {
  type Author,
  assertVersion,
  type Condition,
  creation,
  deletion,
  type Move,
  merging,
  moved,
  newIssue,
  revision,
  updated,
} from "./revision.ts";

export interface WriteDeps {
  readonly store: Store;
  readonly announce: Announce;
  readonly now: () => Date;
  readonly newId: () => string;
}

export async function create(
  deps: WriteDeps,
  principal: Principal,
  request: CreateIssue,
  key?: string,
): Promise<Issue> {
  const { store, announce, newId } = deps;
  const { organizationId } = principal;
  const author = authorOf(deps, principal);
  const id = key === undefined ? newId() : issueIdOf(principal, key);
  const commit = await store.issues.create({
    organizationId,
    id,
    buildingId: request.buildingId,
    decide: (building) => {
      const { campusId, id: buildingId } = building ?? refuse("building", request.buildingId, "buildingId");
      assertCan(principal, "report", { campusId, buildingId });
      return creation(newIssue(request, { id, campusId }, author), author);
    },
  });
  if (!commit) return firstAnswer(await store.history.entry(organizationId, id, 1), request, author);
  await announce(organizationId, commit);
  return commit.activity.issue;
}

export function update(
  deps: WriteDeps,
  principal: Principal,
  id: string,
  change: UpdateIssue,
  condition?: Condition,
): Promise<Issue> {
  return revise(deps, {
    ...condition,
    principal,
    id,
    decide: (issue, author) => revision(issue, updated(issue, change, author), author),
  });
}

export function move(
  deps: WriteDeps,
  principal: Principal,
  id: string,
  { name, comment }: Move,
  condition?: Condition,
): Promise<Issue> {
  return revise(deps, {
    ...condition,
    principal,
    id,
    decide: (issue, author) => revision(issue, moved(issue, moves[name].to, author), author, comment),
  });
}

export function assign(
  deps: WriteDeps,
  principal: Principal,
  id: string,
  assigneeId: string | null,
  condition?: Condition,
): Promise<Issue> {
  return revise(deps, {
    ...condition,
    principal,
    id,
    memberUid: assigneeId,
    decide: (issue, author, member) => {
      assertCan(principal, "assign", issue);
      if (assigneeId !== null && !member) refuse("member", assigneeId, "assigneeId");
      return revision(issue, { ...issue, assigneeId }, author);
    },
  });
}

export function comment(deps: WriteDeps, principal: Principal, id: string, text: string): Promise<Issue> {
  return revise(deps, {
    principal,
    id,
    decide: (issue, author) => {
      assertCan(principal, "comment", issue);
      return revision(issue, issue, author, text);
    },
  });
}

/** Merging again what was merged just so writes nothing. */
export async function merge(
  deps: WriteDeps,
  principal: Principal,
  id: string,
  into: string,
  condition?: Condition,
): Promise<Issue> {
  assertDifferent(id, into);
  const { organizationId } = principal;
  const author = authorOf(deps, principal);
  const { duplicate, target } = await deps.store.issues.merge({
    organizationId,
    id,
    into,
    decide: (issue, other) => {
      const before = readable(principal, issue, id);
      assertVersion(before, condition?.ifMatch);
      return merging(before, readable(principal, other, into, "into"), author);
    },
  });
  const commits = [duplicate, target].flatMap(({ commit }) => commit ?? []);
  await Promise.all(commits.map((commit) => deps.announce(organizationId, commit)));
  return duplicate.issue;
}

export async function remove(
  deps: WriteDeps,
  principal: Principal,
  id: string,
  condition?: Condition,
): Promise<void> {
  await revise(deps, {
    ...condition,
    principal,
    id,
    decide: (issue, author) => {
      assertCan(principal, "delete", issue);
      return deletion(issue, author);
    },
  });
}

/** The issue, if there is one and the principal may read it. */
export function readable(principal: Principal, issue: Issue | undefined, id: string, field = "id"): Issue {
  const found = issue ?? refuse("issue", id, field);
  assertCan(principal, "read", found);
  return found;
}

/** A request for a change; `decide` throws what refuses it. */
interface Revising extends Condition {
  readonly principal: Principal;
  readonly id: string;
  readonly memberUid?: string | null;
  decide(issue: Issue, author: Author, member: Member | undefined): IssueWrite;
}

async function revise(deps: WriteDeps, revising: Revising): Promise<Issue> {
  const { principal, id, memberUid = null, ifMatch, decide } = revising;
  const { organizationId } = principal;
  const author = authorOf(deps, principal);
  const { issue, commit } = await deps.store.issues.change({
    organizationId,
    id,
    memberUid,
    decide: (current, member) => {
      const before = readable(principal, current, id);
      assertVersion(before, ifMatch);
      return decide(before, author, member);
    },
  });
  if (commit) await deps.announce(organizationId, commit);
  return issue;
}

function assertDifferent(id: string, into: string): void {
  if (into !== id) return;
  throw new FaultlineError("body-invalid", "into: an issue can't be merged into itself.", { field: "into" });
}

function authorOf({ now }: WriteDeps, principal: Principal): Author {
  return { principal, time: now().toISOString() };
}

/** What the first request with this key was answered, if this one asks for the same. */
function firstAnswer(first: Activity | undefined, request: CreateIssue, author: Author): Issue {
  if (!first) throw new TypeError("an id that was used has a first entry");
  const { issue } = first;
  const asked = newIssue(request, issue, author);
  const requested = new Set<string>(Object.keys(createIssueSchema.shape));
  if (!changedFields(issue, asked).some((field) => requested.has(field))) return issue;
  throw new FaultlineError(
    "key-reused",
    "Idempotency-Key: you used this key for a different issue; take a new one for each.",
    { field: "Idempotency-Key" },
  );
}
