// Field transforms: what the server computes from the stored value.

import { compareValues } from "../document/order.ts";
import { type ArrayValue, isNumber, NULL, toNumber, type Value } from "../document/value.ts";
import type { FieldTransform } from "../wire/messages.ts";
import { invalidArgument } from "../wire/status.ts";

export interface Transformed {
  /** What the field now holds. */
  readonly value: Value;
  /** What the client is told; array transforms tell null. */
  readonly result: Value;
}

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

/** Computes a transform of `current`, the field's value before it; `requestTime` stands for the server's time. */
export function transformValue(
  transform: FieldTransform,
  current: Value | undefined,
  requestTime: Value,
): Transformed {
  if (transform.setToServerValue === "REQUEST_TIME") return same(requestTime);
  if (transform.increment) return same(increment(current, numeric(transform.increment)));
  if (transform.maximum) return same(extreme(current, numeric(transform.maximum), 1));
  if (transform.minimum) return same(extreme(current, numeric(transform.minimum), -1));
  if (transform.appendMissingElements) return array(append(current, transform.appendMissingElements));
  if (transform.removeAllFromArray) return array(remove(current, transform.removeAllFromArray));
  throw invalidArgument(`The transform of "${transform.fieldPath}" has no operation.`);
}

const same = (value: Value): Transformed => ({ value, result: value });
const array = (values: readonly Value[]): Transformed => ({
  value: { arrayValue: { values } },
  result: NULL,
});

function numeric(operand: Value): Value {
  if (!isNumber(operand)) throw invalidArgument("The operand of a numeric transform must be a number.");
  return operand;
}

/** Integers stay integers and stop at the ends of int64; with a double it is a double. */
function increment(current: Value | undefined, by: Value): Value {
  if (!isNumber(current)) return by;
  if (current.integerValue === undefined || by.integerValue === undefined) {
    return { doubleValue: toNumber(current) + toNumber(by) };
  }
  const sum = BigInt(current.integerValue) + BigInt(by.integerValue);
  const clamped = sum > INT64_MAX ? INT64_MAX : sum < INT64_MIN ? INT64_MIN : sum;
  return { integerValue: clamped.toString() };
}

/** The greater (sign 1) or smaller (sign -1) of two; of equals the stored one stays, and NaN wins. */
function extreme(current: Value | undefined, operand: Value, sign: 1 | -1): Value {
  if (!isNumber(current)) return operand;
  if (Number.isNaN(toNumber(operand))) return operand;
  if (Number.isNaN(toNumber(current))) return current;
  return compareValues(operand, current) * sign > 0 ? operand : current;
}

const elementsOf = (value: Value | ArrayValue | undefined): readonly Value[] =>
  (value && "arrayValue" in value ? value.arrayValue?.values : undefined) ?? [];

const contains = (values: readonly Value[], value: Value) =>
  values.some((other) => compareValues(other, value) === 0);

function append(current: Value | undefined, added: ArrayValue): readonly Value[] {
  const values = [...elementsOf(current)];
  for (const value of added.values ?? []) if (!contains(values, value)) values.push(value);
  return values;
}

function remove(current: Value | undefined, removed: ArrayValue): readonly Value[] {
  return elementsOf(current).filter((value) => !contains(removed.values ?? [], value));
}
