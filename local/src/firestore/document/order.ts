// Firestore's order of values: null < booleans < numbers < timestamps < strings < bytes < references <
// geo points < arrays < vectors < maps. Equal in this order is also what filters call equal.
import { toMicros } from "../store/clock.ts";
import { comparePaths, compareStrings } from "./path.ts";
import { type Fields, isNumber, toNumber, type Value } from "./value.ts";

const Rank = {
  null: 0,
  boolean: 1,
  number: 2,
  timestamp: 3,
  string: 4,
  bytes: 5,
  reference: 6,
  geoPoint: 7,
  array: 8,
  vector: 9,
  map: 10,
} as const;

/** The place of the value's type in the order of types; values of one rank compare with each other. */
export function rankOf(value: Value): number {
  if (value.stringValue !== undefined) return Rank.string;
  if (isNumber(value)) return Rank.number;
  if (value.timestampValue !== undefined) return Rank.timestamp;
  if (value.booleanValue !== undefined) return Rank.boolean;
  if (value.nullValue !== undefined) return Rank.null;
  if (value.mapValue !== undefined) return isVector(value) ? Rank.vector : Rank.map;
  if (value.arrayValue !== undefined) return Rank.array;
  if (value.referenceValue !== undefined) return Rank.reference;
  if (value.bytesValue !== undefined) return Rank.bytes;
  return value.geoPointValue === undefined ? Rank.null : Rank.geoPoint;
}

const isVector = (value: Value) => value.mapValue?.fields?.__type__?.stringValue === "__vector__";

/** Negative, zero or positive as `left` sorts before, with or after `right`. */
export function compareValues(left: Value, right: Value): number {
  const rank = rankOf(left);
  const byRank = rank - rankOf(right);
  if (byRank !== 0) return byRank;
  switch (rank) {
    case Rank.boolean:
      return Number(left.booleanValue) - Number(right.booleanValue);
    case Rank.number:
      return compareNumbers(left, right);
    case Rank.timestamp:
      return toMicros(left.timestampValue ?? {}) - toMicros(right.timestampValue ?? {});
    case Rank.string:
      return compareStrings(left.stringValue ?? "", right.stringValue ?? "");
    case Rank.bytes:
      return Buffer.compare(left.bytesValue ?? Buffer.alloc(0), right.bytesValue ?? Buffer.alloc(0));
    case Rank.reference:
      return comparePaths(left.referenceValue ?? "", right.referenceValue ?? "");
    case Rank.geoPoint:
      return compareGeoPoints(left, right);
    case Rank.array:
      return compareArrays(left.arrayValue?.values ?? [], right.arrayValue?.values ?? []);
    case Rank.vector:
      return compareVectors(left, right);
    case Rank.map:
      return compareMaps(left.mapValue?.fields ?? {}, right.mapValue?.fields ?? {});
    default:
      return 0;
  }
}

/** NaN sorts before all numbers; integers beyond 2^53 are compared exactly. */
function compareNumbers(left: Value, right: Value): number {
  const [a, b] = [toNumber(left), toNumber(right)];
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(b)) - Number(Number.isNaN(a));
  if (a !== b) return a < b ? -1 : 1;
  return Number.isSafeInteger(a) || !Number.isFinite(a) ? 0 : compareLarge(left, right);
}

function compareLarge(left: Value, right: Value): number {
  const exact = (value: Value) => {
    if (value.integerValue !== undefined) return BigInt(value.integerValue);
    return Number.isInteger(value.doubleValue) ? BigInt(value.doubleValue ?? 0) : 0n;
  };
  const [a, b] = [exact(left), exact(right)];
  return a < b ? -1 : Number(a > b);
}

function compareGeoPoints(left: Value, right: Value): number {
  const [a, b] = [left.geoPointValue ?? {}, right.geoPointValue ?? {}];
  return (a.latitude ?? 0) - (b.latitude ?? 0) || (a.longitude ?? 0) - (b.longitude ?? 0);
}

function compareArrays(left: readonly Value[], right: readonly Value[]): number {
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i++) {
    const order = compareValues(left[i] as Value, right[i] as Value);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/** Shorter vectors come first, whatever they hold. */
function compareVectors(left: Value, right: Value): number {
  const [a, b] = [elements(left), elements(right)];
  return a.length - b.length || compareArrays(a, b);
}

const elements = (vector: Value): readonly Value[] =>
  vector.mapValue?.fields?.value?.arrayValue?.values ?? [];

function compareMaps(left: Fields, right: Fields): number {
  const [a, b] = [Object.keys(left).sort(compareStrings), Object.keys(right).sort(compareStrings)];
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [nameA, nameB] = [a[i] as string, b[i] as string];
    const order = compareStrings(nameA, nameB) || compareValues(left[nameA] as Value, right[nameB] as Value);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Whether two documents hold exactly the same: unlike in the order, `1` and `1.0` differ here. */
export function sameFields(left: Fields, right: Fields): boolean {
  if (left === right) return true;
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length) return false;
  return names.every((name) => Object.hasOwn(right, name) && sameValue(left[name], right[name]));
}

function sameValue(left: Value | undefined, right: Value | undefined): boolean {
  if (left === right) return true;
  if (left === undefined || right === undefined) return false;
  if (left.mapValue && right.mapValue)
    return sameFields(left.mapValue.fields ?? {}, right.mapValue.fields ?? {});
  if (left.arrayValue && right.arrayValue) {
    const [a, b] = [left.arrayValue.values ?? [], right.arrayValue.values ?? []];
    return a.length === b.length && a.every((value, i) => sameValue(value, b[i]));
  }
  if (left.doubleValue !== undefined) return Object.is(left.doubleValue, right.doubleValue);
  if (left.integerValue !== undefined) return left.integerValue === right.integerValue;
  return compareValues(left, right) === 0;
}
