/** Limits a query to campuses and buildings. */
import { Filter, type Query } from "firebase-admin/firestore";
import type { Scope } from "./store.ts";

/** How many alternatives the scope puts into a query. */
export function alternativesOf(scope: Scope | undefined): number {
  return Math.max(1, (scope?.campusIds?.length ?? 0) + (scope?.buildingIds?.length ?? 0));
}

/** The documents whose `campusId` or `buildingId` lies in the scope; the query as it is without one. */
export function within(query: Query, scope: Scope | undefined): Query {
  const filters = [anyOf("campusId", scope?.campusIds), anyOf("buildingId", scope?.buildingIds)].filter(
    (filter) => filter !== undefined,
  );
  const [only, ...more] = filters;
  if (!only) return query;
  return query.where(more.length > 0 ? Filter.or(only, ...more) : only);
}

/** Equality for one value, which needs no alternatives. */
export function anyOf(field: string, values: readonly string[] | undefined): Filter | undefined {
  if (!values || values.length === 0) return undefined;
  return values.length === 1 ? Filter.where(field, "==", values[0]) : Filter.where(field, "in", [...values]);
}
