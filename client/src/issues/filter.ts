/** Which issues a list shows, and in which order: the same as the API's. */
import type { Issue, SortField } from "@faultline/contract";
import type { IssueFilter } from "../api/api.ts";

type Sort = NonNullable<IssueFilter["sort"]>;

/** Where an issue stands in an order. */
export interface Place {
  readonly id: string;
  /** In milliseconds since 1970. */
  readonly time: number;
}

const fields = [
  "campusId",
  "buildingId",
  "status",
  "severity",
  "category",
  "assigneeId",
] as const satisfies readonly (keyof IssueFilter)[];

/** The same text for filters that mean the same. */
export function filterKey(filter: IssueFilter): string {
  const values = fields.map((field) => {
    const value = filter[field];
    return Array.isArray(value) ? [...new Set(value)].sort() : value === undefined ? null : [value];
  });
  return JSON.stringify([sortOf(filter), ...values]);
}

export function matches(filter: IssueFilter, issue: Issue): boolean {
  return fields.every((field) => {
    const wanted: unknown = filter[field];
    if (wanted === undefined) return true;
    return Array.isArray(wanted) ? wanted.includes(issue[field]) : issue[field] === wanted;
  });
}

export function placeOf(filter: IssueFilter, issue: Issue): Place {
  return { id: issue.id, time: Date.parse(issue[sortOf(filter).replace("-", "") as SortField]) };
}

/** Less than zero when `a` comes first. Equal times are ordered by id, in the direction of the times. */
export function comparePlaces(filter: IssueFilter, a: Place, b: Place): number {
  const ascending = compare(a.time, b.time) || compare(a.id, b.id);
  return sortOf(filter).startsWith("-") ? -ascending : ascending;
}

function sortOf({ sort = "-createdAt" }: IssueFilter): Sort {
  return sort;
}

function compare<T extends string | number>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
