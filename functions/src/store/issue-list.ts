/** The list of issues: filters, sort and pages. `firestore.indexes.json` has an index for each combination. */
import { FaultlineError, filterFields, type Issue, type ListIssues } from "@faultline/contract";
import { FieldPath, type Query } from "firebase-admin/firestore";
import { listKey } from "./cursor.ts";
import { readPage } from "./page.ts";
import { type Refs, read } from "./refs.ts";
import { alternativesOf, anyOf, within } from "./scope.ts";
import type { Page, Scope } from "./store.ts";

/** Firestore turns a query into alternatives, each field's values times the others', and takes at most this many. */
const maxAlternatives = 30;

export function listIssues(refs: Refs, query: ListIssues, scope: Scope | undefined): Promise<Page<Issue>> {
  assertFewAlternatives(query, scope);
  const { sort, limit, cursor, ...filters } = query;
  const { field, direction } = sortOf(sort);
  const ordered = within(filtered(refs.issues, query), scope)
    .orderBy(field, direction)
    .orderBy(FieldPath.documentId(), direction);
  const key = listKey(refs.issues.path, sort, filters, scope);
  return readPage({ query: ordered, key, sortField: field, limit, cursor, read: read.issue });
}

function sortOf(sort: ListIssues["sort"]) {
  const isDescending = sort.startsWith("-");
  return {
    field: isDescending ? sort.slice(1) : sort,
    direction: isDescending ? ("desc" as const) : ("asc" as const),
  };
}

function filtered(query: Query, filters: ListIssues): Query {
  return filterFields.reduce((narrowed, field) => {
    const filter = anyOf(field, valuesOf(filters[field]));
    return filter ? narrowed.where(filter) : narrowed;
  }, query);
}

function valuesOf(filter: string | readonly string[] | undefined): readonly string[] | undefined {
  return typeof filter === "string" ? [filter] : filter;
}

function assertFewAlternatives(query: ListIssues, scope: Scope | undefined): void {
  const lists = filterFields.map((field) => valuesOf(query[field])?.length ?? 1);
  const alternatives = lists.reduce((product, length) => product * length, alternativesOf(scope));
  if (alternatives <= maxAlternatives) return;
  throw new FaultlineError(
    "query-invalid",
    `query: the filters make ${alternatives} combinations, at most ${maxAlternatives} are possible; name fewer values.`,
    { field: "query" },
  );
}
