// count, sum and avg over a query's results.
import { getField, parseFieldPath } from "../document/field.ts";
import { type Fields, isNumber, NULL, type StoredDocument, toNumber, type Value } from "../document/value.ts";
import type { Aggregation } from "../wire/messages.ts";
import { invalidArgument } from "../wire/status.ts";

/**
 * The aggregates by alias. A document that lacks a field which is summed or averaged counts for none of them;
 * values that are not numbers are passed over.
 */
export function aggregate(
  documents: readonly StoredDocument[],
  aggregations: readonly Aggregation[],
): Fields {
  if (aggregations.length === 0) throw invalidArgument("An aggregation query has no aggregations.");
  const paths = aggregations.flatMap(({ sum, avg }) => fieldOf(sum ?? avg) ?? []);
  const counted = documents.filter(({ fields }) =>
    paths.every((path) => getField(fields, path) !== undefined),
  );
  return Object.fromEntries(
    aggregations.map((aggregation, i) => [
      aggregation.alias || `field_${i + 1}`,
      compute(counted, aggregation),
    ]),
  );
}

const fieldOf = (of: { readonly field?: { readonly fieldPath?: string } } | undefined) =>
  of ? [parseFieldPath(of.field?.fieldPath)] : undefined;

function compute(documents: readonly StoredDocument[], { count, sum, avg }: Aggregation): Value {
  if (count) {
    const upTo = count.upTo ? Number(count.upTo.value ?? 0) : Number.POSITIVE_INFINITY;
    return { integerValue: String(Math.min(documents.length, upTo)) };
  }
  const [path] = fieldOf(sum ?? avg) ?? [];
  if (!path) throw invalidArgument("An aggregation is neither count, sum nor avg.");
  const numbers = documents.map(({ fields }) => getField(fields, path)).filter(isNumber);
  if (sum) return sumOf(numbers);
  if (numbers.length === 0) return NULL;
  return { doubleValue: numbers.reduce((total, value) => total + toNumber(value), 0) / numbers.length };
}

/** An integer when all summands are and it fits, otherwise a double. */
function sumOf(numbers: readonly Value[]): Value {
  if (numbers.every((value) => value.integerValue !== undefined)) {
    const total = numbers.reduce((sum, value) => sum + BigInt(value.integerValue ?? 0), 0n);
    if (BigInt.asIntN(64, total) === total) return { integerValue: total.toString() };
  }
  return { doubleValue: numbers.reduce((sum, value) => sum + toNumber(value), 0) };
}
