// The `where` of a query, compiled once into a claim about a document's fields.
import { type FieldPath, getField, NAME_FIELD, parseFieldPath } from "../document/field.ts";
import { compareValues, rankOf } from "../document/order.ts";
import type { StoredDocument, Value } from "../document/value.ts";
import type { Filter } from "../wire/messages.ts";
import { invalidArgument } from "../wire/status.ts";

export type Predicate = (document: StoredDocument) => boolean;
type ValueTest = (value: Value) => boolean;

const INEQUALITIES: ReadonlySet<string> = new Set([
  "LESS_THAN",
  "LESS_THAN_OR_EQUAL",
  "GREATER_THAN",
  "GREATER_THAN_OR_EQUAL",
  "NOT_EQUAL",
  "NOT_IN",
  "IS_NOT_NULL",
  "IS_NOT_NAN",
]);

/** Reads a field of a document; `__name__` is the document's own name as a reference. */
export function readField(document: StoredDocument, path: FieldPath): Value | undefined {
  if (path.length === 1 && path[0] === NAME_FIELD) return { referenceValue: document.name };
  return getField(document.fields, path);
}

/** Compiles a filter; INVALID_ARGUMENT when it is malformed. No filter matches every document. */
export function compileFilter(filter: Filter | undefined): Predicate {
  if (filter?.compositeFilter) return compileComposite(filter.compositeFilter);
  if (filter?.fieldFilter) {
    const { field, op = "", value = {} } = filter.fieldFilter;
    return onField(field?.fieldPath, fieldTest(op, value));
  }
  if (filter?.unaryFilter)
    return onField(filter.unaryFilter.field?.fieldPath, unaryTest(filter.unaryFilter.op));
  return () => true;
}

/** The fields under an inequality, in the order of their names: they order the results where nothing else does. */
export function inequalityFields(filter: Filter | undefined): readonly string[] {
  const found = new Set<string>();
  collectInequalities(filter, found);
  return [...found].sort();
}

function collectInequalities(filter: Filter | undefined, found: Set<string>): void {
  for (const inner of filter?.compositeFilter?.filters ?? []) collectInequalities(inner, found);
  const { op = "", field } = filter?.fieldFilter ?? filter?.unaryFilter ?? {};
  if (field?.fieldPath !== undefined && INEQUALITIES.has(op)) found.add(field.fieldPath);
}

function compileComposite({ op, filters = [] }: NonNullable<Filter["compositeFilter"]>): Predicate {
  const predicates = filters.map(compileFilter);
  if (op === "AND") return (document) => predicates.every((matches) => matches(document));
  if (op === "OR") return (document) => predicates.some((matches) => matches(document));
  throw invalidArgument("A composite filter is neither AND nor OR.");
}

function onField(text: string | undefined, test: ValueTest): Predicate {
  const path = parseFieldPath(text);
  return (document) => {
    const value = readField(document, path);
    return value !== undefined && test(value);
  };
}

function unaryTest(op = ""): ValueTest {
  switch (op) {
    case "IS_NULL":
      return isNull;
    case "IS_NOT_NULL":
      return (value) => !isNull(value);
    case "IS_NAN":
      return isNaNValue;
    case "IS_NOT_NAN":
      return (value) => !isNull(value) && !isNaNValue(value);
    default:
      throw invalidArgument(`Unknown unary filter "${op}".`);
  }
}

const isNull = (value: Value) => value.nullValue !== undefined;
const isNaNValue = (value: Value) => Number.isNaN(value.doubleValue);

function fieldTest(op: string, operand: Value): ValueTest {
  const rank = rankOf(operand);
  // A range holds only values of its operand's type, and nothing is in a range of nulls or NaN but themselves.
  const range = (inRange: (order: number) => boolean): ValueTest => {
    return (value) => rankOf(value) === rank && inRange(compareValues(value, operand));
  };
  switch (op) {
    case "LESS_THAN":
      return range((order) => order < 0);
    case "LESS_THAN_OR_EQUAL":
      return range((order) => order <= 0);
    case "GREATER_THAN":
      return range((order) => order > 0);
    case "GREATER_THAN_OR_EQUAL":
      return range((order) => order >= 0);
    case "EQUAL":
      return (value) => compareValues(value, operand) === 0;
    case "NOT_EQUAL":
      return (value) => !isNull(value) && compareValues(value, operand) !== 0;
    default:
      return setTest(op, operand);
  }
}

function setTest(op: string, operand: Value): ValueTest {
  if (op === "ARRAY_CONTAINS") return (value) => isAnyOf(value.arrayValue?.values ?? [], operand);
  const operands = operand.arrayValue?.values;
  if (!operands) throw invalidArgument(`The filter "${op}" is unknown or its operand is not an array.`);
  switch (op) {
    case "IN":
      return (value) => isAnyOf(operands, value);
    case "NOT_IN":
      return (value) => !operands.some(isNull) && !isNull(value) && !isAnyOf(operands, value);
    case "ARRAY_CONTAINS_ANY":
      return (value) => (value.arrayValue?.values ?? []).some((element) => isAnyOf(operands, element));
    default:
      throw invalidArgument(`Unknown filter "${op}".`);
  }
}

const isAnyOf = (values: readonly Value[], value: Value) =>
  values.some((other) => compareValues(other, value) === 0);
