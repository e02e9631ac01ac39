/** What the board shows, as a value that lives in the page's address. */
import {
  type Category,
  categories,
  type Issue,
  isUnresolved,
  type Severity,
  type Status,
  severities,
  statuses,
} from "@faultline/contract";
import { type SortName, sortNames } from "./sorting.ts";

export interface Filters {
  readonly search: string;
  /** "campus:ID" or "building:ID"; empty: everywhere. */
  readonly place: string;
  /** "unresolved" is every status that leaves work to do. */
  readonly status: Status | "unresolved" | "any";
  readonly severity: Severity | "any";
  readonly category: Category | "any";
  /** A user id; empty: anybody. "none": nobody. */
  readonly assignee: string;
  readonly sort: SortName;
}

export const defaultFilters: Filters = {
  search: "",
  place: "",
  status: "unresolved",
  severity: "any",
  category: "any",
  assignee: "",
  sort: "severity",
};

/** Reads the filters of an address's query; what it does not know is as if it were not there. */
export function readFilters(query: string): Filters {
  const parameters = new URLSearchParams(query);
  const get = (name: keyof Filters) => parameters.get(name) ?? undefined;
  return {
    search: get("search") ?? defaultFilters.search,
    place: get("place") ?? defaultFilters.place,
    status: oneOf([...statuses, "unresolved", "any"] as const, get("status"), defaultFilters.status),
    severity: oneOf([...severities, "any"] as const, get("severity"), defaultFilters.severity),
    category: oneOf([...categories, "any"] as const, get("category"), defaultFilters.category),
    assignee: get("assignee") ?? defaultFilters.assignee,
    sort: oneOf(sortNames, get("sort"), defaultFilters.sort),
  };
}

/** The query that gives these filters, without what is so by default; empty or with its question mark. */
export function writeFilters(filters: Filters): string {
  const names = Object.keys(defaultFilters) as (keyof Filters)[];
  const changed = names.filter((name) => filters[name] !== defaultFilters[name]);
  const query = new URLSearchParams(changed.map((name) => [name, filters[name]])).toString();
  return query && `?${query}`;
}

/** How many filters narrow the list; the sort and the default status do not count. */
export function countFilters(filters: Filters): number {
  const names = ["search", "place", "status", "severity", "category", "assignee"] as const;
  return names.filter((name) => filters[name] !== defaultFilters[name]).length;
}

/** Whether an issue fits; `nameOf` gives a building's name, which the search looks at, too. */
export function createFit(
  filters: Filters,
  nameOf: (buildingId: string) => string,
): (issue: Issue) => boolean {
  const words = wordsOf(filters.search);
  return (issue) =>
    isAtPlace(issue, filters.place) &&
    hasStatus(issue, filters.status) &&
    (filters.severity === "any" || issue.severity === filters.severity) &&
    (filters.category === "any" || issue.category === filters.category) &&
    isAssigned(issue, filters.assignee) &&
    (words.length === 0 || hasWords(issue, words, nameOf));
}

function isAtPlace(issue: Issue, place: string): boolean {
  if (place === "") return true;
  return place === `campus:${issue.campusId}` || place === `building:${issue.buildingId}`;
}

function hasStatus(issue: Issue, status: Filters["status"]): boolean {
  if (status === "any") return true;
  return status === "unresolved" ? isUnresolved(issue) : issue.status === status;
}

function isAssigned(issue: Issue, assignee: string): boolean {
  if (assignee === "") return true;
  return assignee === "none" ? issue.assigneeId === null : issue.assigneeId === assignee;
}

function hasWords(issue: Issue, words: readonly string[], nameOf: (buildingId: string) => string): boolean {
  const { title, description, location, buildingId } = issue;
  const content = [title, description, nameOf(buildingId), location?.floor, location?.room]
    .join(" ")
    .toLowerCase();
  return words.every((word) => content.includes(word));
}

const wordsOf = (search: string) => search.toLowerCase().split(/\s+/).filter(Boolean);

function oneOf<T extends string>(known: readonly T[], value: string | undefined, fallback: T): T {
  return known.find((one) => one === value) ?? fallback;
}
