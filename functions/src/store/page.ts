/** One page of a query that is sorted by a time, then by document id. */
import type { DocumentSnapshot, Query } from "firebase-admin/firestore";
import { cursorAfter, openCursor } from "./cursor.ts";
import { readAll } from "./refs.ts";
import type { Page } from "./store.ts";

export interface PageRequest<T> {
  readonly query: Query;
  /** Of the list, as `listKey` makes it. */
  readonly key: string;
  readonly sortField: string;
  readonly limit: number;
  readonly cursor: string | undefined;
  read(snapshot: DocumentSnapshot): T | undefined;
}

/** A full page has a cursor, even when nothing follows: reading one more to know costs more than an empty page. */
export async function readPage<T>(request: PageRequest<T>): Promise<Page<T>> {
  const { query, key, sortField, limit, cursor, read } = request;
  const from = cursor === undefined ? query : query.startAfter(...openCursor(key, cursor));
  const { docs } = await from.limit(limit).get();
  const items = readAll(docs, read);
  const last = docs.length === limit ? docs.at(-1) : undefined;
  const nextCursor = last && cursorAfter(key, last, sortField);
  return { items, ...(nextCursor === undefined ? {} : { nextCursor }) };
}
