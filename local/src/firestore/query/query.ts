// Queries: a structured query is planned once (who is in, in which order, from where to where) and run against
// a view. The same plan tells listeners and transactions whether a document belongs to the query.

import { type FieldPath, NAME_FIELD, parseFieldPath } from "../document/field.ts";
import { compareValues } from "../document/order.ts";
import { comparePaths } from "../document/path.ts";
import type { StoredDocument, Value } from "../document/value.ts";
import { inScope, type Scope, type View } from "../store/database.ts";
import type { Cursor, StructuredQuery } from "../wire/messages.ts";
import { invalidArgument } from "../wire/status.ts";
import { compileFilter, inequalityFields, type Predicate, readField } from "./filter.ts";

interface OrderBy {
  readonly path: FieldPath;
  readonly isName: boolean;
  readonly sign: 1 | -1;
}

/** A matching document with the values it is ordered by. */
interface Row {
  readonly document: StoredDocument;
  readonly keys: readonly Value[];
}

export interface Plan {
  readonly scope: Scope;
  readonly offset: number;
  /** Infinity without a limit. */
  readonly limit: number;
  /** The fields to send; absent for all of them. */
  readonly select?: readonly FieldPath[];
  /** Whether the document matches, apart from offset and limit. */
  includes(document: StoredDocument | undefined): boolean;
  /** The results in order. */
  run(view: View): StoredDocument[];
}

/** Plans a query below `parent` (a document's path or ""); INVALID_ARGUMENT when it is malformed. */
export function planQuery(parent: string, query: StructuredQuery = {}): Plan {
  if (query.findNearest) throw invalidArgument("Vector search is not available in this server.");
  const scope = scopeOf(parent, query);
  const matches = compileFilter(query.where);
  const orders = ordersOf(query);
  const isBetween = cursorTest(query, orders);
  const rowOf = (document: StoredDocument) => toRow(document, matches, orders, isBetween);
  const offset = query.offset ?? 0;
  const limit = query.limit ? (query.limit.value ?? 0) : Number.POSITIVE_INFINITY;
  if (offset < 0 || limit < 0) throw invalidArgument("Offset and limit cannot be negative.");
  return {
    scope,
    offset,
    limit,
    ...(query.select && { select: selected(query.select.fields ?? []) }),
    includes: (document) =>
      document !== undefined && inScope(scope, document.path) && rowOf(document) !== undefined,
    run: (view) => {
      const best = new Best(comparerOf(orders), offset + limit);
      view.scan(scope, (document) => best.offer(rowOf(document)));
      return best.sorted().slice(offset);
    },
  };
}

function scopeOf(parent: string, query: StructuredQuery): Scope {
  const [from, ...more] = query.from ?? [];
  if (!from || more.length > 0) throw invalidArgument("A query must be from exactly one collection.");
  const allDescendants = from.allDescendants === true;
  if (!from.collectionId && !allDescendants) throw invalidArgument("A query names no collection.");
  return { parent, allDescendants, ...(from.collectionId && { collectionId: from.collectionId }) };
}

/** `select()` of nothing but the name sends documents without fields. */
const selected = (fields: readonly { readonly fieldPath?: string }[]): FieldPath[] =>
  fields.filter((field) => field.fieldPath !== NAME_FIELD).map((field) => parseFieldPath(field.fieldPath));

/** The explicit orders, then the fields under inequalities, then the name, in the last explicit direction. */
function ordersOf(query: StructuredQuery): readonly OrderBy[] {
  const explicit = query.orderBy ?? [];
  const orders = new Map<string, OrderBy>();
  const add = (text: string, sign: 1 | -1) => {
    if (!orders.has(text))
      orders.set(text, { path: parseFieldPath(text), isName: text === NAME_FIELD, sign });
  };
  for (const { field, direction } of explicit)
    add(field?.fieldPath ?? "", direction === "DESCENDING" ? -1 : 1);
  const last = explicit.at(-1)?.direction === "DESCENDING" ? -1 : 1;
  for (const field of inequalityFields(query.where)) if (field !== NAME_FIELD) add(field, last);
  add(NAME_FIELD, last);
  return [...orders.values()];
}

/** Undefined when the document does not match or lacks a field it would be ordered by. */
function toRow(
  document: StoredDocument,
  matches: Predicate,
  orders: readonly OrderBy[],
  isBetween: (keys: readonly Value[]) => boolean,
): Row | undefined {
  if (!matches(document)) return undefined;
  const keys: Value[] = [];
  for (const { path } of orders) {
    const value = readField(document, path);
    if (value === undefined) return undefined;
    keys.push(value);
  }
  return isBetween(keys) ? { document, keys } : undefined;
}

function cursorTest({ startAt, endAt }: StructuredQuery, orders: readonly OrderBy[]) {
  for (const { values = [] } of [startAt ?? {}, endAt ?? {}]) {
    if (values.length > orders.length)
      throw invalidArgument("A cursor has more values than the query has orders.");
  }
  if (!startAt && !endAt) return () => true;
  return (keys: readonly Value[]) => {
    const isAfterStart = !startAt || compareToCursor(keys, startAt, orders) >= (startAt.before ? 0 : 1);
    return isAfterStart && (!endAt || compareToCursor(keys, endAt, orders) <= (endAt.before ? -1 : 0));
  };
}

/** -1, 0 or 1 as the keys are before, at or after the cursor's values. */
function compareToCursor(keys: readonly Value[], cursor: Cursor, orders: readonly OrderBy[]): number {
  for (const [i, value] of (cursor.values ?? []).entries()) {
    const order = compareValues(keys[i] as Value, value) * (orders[i]?.sign ?? 1);
    if (order !== 0) return Math.sign(order);
  }
  return 0;
}

function comparerOf(orders: readonly OrderBy[]): (left: Row, right: Row) => number {
  return (left, right) => {
    for (let i = 0; i < orders.length; i++) {
      const { isName, sign } = orders[i] as OrderBy;
      const order = isName
        ? comparePaths(left.document.path, right.document.path)
        : compareValues(left.keys[i] as Value, right.keys[i] as Value);
      if (order !== 0) return order * sign;
    }
    return 0;
  };
}

/** Keeps the first `limit` rows of those it is offered, without sorting what will not be sent. */
class Best {
  #rows: Row[] = [];
  readonly #compare: (left: Row, right: Row) => number;
  readonly #limit: number;

  constructor(compare: (left: Row, right: Row) => number, limit: number) {
    this.#compare = compare;
    this.#limit = limit;
  }

  offer(row: Row | undefined): void {
    if (row === undefined || this.#limit === 0) return;
    this.#rows.push(row);
    // Sorting once per `limit` offers costs O(log limit) each, and never holds more than twice the limit.
    if (this.#rows.length >= this.#limit * 2) this.#shrink();
  }

  sorted(): StoredDocument[] {
    this.#shrink();
    return this.#rows.map((row) => row.document);
  }

  #shrink(): void {
    this.#rows.sort(this.#compare);
    if (this.#rows.length > this.#limit) this.#rows.length = this.#limit;
  }
}
