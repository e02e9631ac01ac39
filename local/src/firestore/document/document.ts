// What Firestore accepts as a document: its size, names and nesting. One walk checks all of it and brings
// values into the one form in which they are stored.

import { invalidArgument } from "../wire/status.ts";
import type { FieldPath } from "./field.ts";
import { projectFields } from "./field.ts";
import type { Fields, StoredDocument, Value } from "./value.ts";
import { NULL } from "./value.ts";

/** The largest document, in bytes as Firestore counts them. */
export const MAX_DOCUMENT_BYTES = 1_048_576;

const MAX_DEPTH = 20;
const MAX_NAME_BYTES = 1500;
const MIN_SECONDS = -62_135_596_800;
const MAX_SECONDS = 253_402_300_799;
const RESERVED = /^__.*__$/s;

interface Checked<T> {
  readonly value: T;
  readonly bytes: number;
}

/** The fields in their stored form; INVALID_ARGUMENT when the document would not be accepted. */
export function checkFields(path: string, fields: Fields): Fields {
  const checked = checkMap(fields, 0);
  const nameBytes = path.split("/").reduce((sum, segment) => sum + Buffer.byteLength(segment) + 1, 16);
  const bytes = checked.bytes + nameBytes + 32;
  if (bytes > MAX_DOCUMENT_BYTES) {
    throw invalidArgument(
      `Document "${path}" cannot be written because its size (${bytes} bytes) exceeds the maximum of ${MAX_DOCUMENT_BYTES} bytes.`,
    );
  }
  return checked.value;
}

function checkMap(fields: Fields, depth: number): Checked<Fields> {
  if (depth > MAX_DEPTH) throw invalidArgument(`Maps are nested more than ${MAX_DEPTH} levels deep.`);
  let bytes = 0;
  let stored: Record<string, Value> | undefined;
  for (const name of Object.keys(fields)) {
    const given = fields[name] as Value;
    const checked = checkValue(given, depth, false);
    bytes += checkFieldName(name) + 1 + checked.bytes;
    if (checked.value === given) continue;
    stored ??= { ...fields };
    stored[name] = checked.value;
  }
  return { value: stored ?? fields, bytes };
}

function checkFieldName(name: string): number {
  // A vector is a map whose "__type__" says so: the one reserved name that clients send.
  if (name === "" || (RESERVED.test(name) && name !== "__type__")) {
    throw invalidArgument(`"${name}" is not a valid field name.`);
  }
  const bytes = Buffer.byteLength(name);
  if (bytes > MAX_NAME_BYTES) throw invalidArgument(`A field name is longer than ${MAX_NAME_BYTES} bytes.`);
  return bytes;
}

function checkValue(value: Value, depth: number, inArray: boolean): Checked<Value> {
  if (value.stringValue !== undefined) return { value, bytes: Buffer.byteLength(value.stringValue) + 1 };
  if (value.integerValue !== undefined || value.doubleValue !== undefined) return { value, bytes: 8 };
  if (value.booleanValue !== undefined) return { value, bytes: 1 };
  if (value.nullValue !== undefined) return { value: NULL, bytes: 1 };
  if (value.timestampValue !== undefined) return { value: truncated(value.timestampValue), bytes: 8 };
  if (value.mapValue !== undefined) {
    const map = checkMap(value.mapValue.fields ?? {}, depth + 1);
    return { value: { mapValue: { fields: map.value } }, bytes: map.bytes };
  }
  if (value.arrayValue !== undefined) return checkArray(value.arrayValue.values ?? [], depth, inArray);
  return checkRare(value);
}

/** Firestore keeps microseconds, of the years 1 to 9999. */
function truncated({ seconds = "0", nanos = 0 }: { seconds?: string; nanos?: number }): Value {
  if (Number(seconds) < MIN_SECONDS || Number(seconds) > MAX_SECONDS)
    throw invalidArgument(`A timestamp of ${seconds} seconds is outside of the years 1 to 9999.`);
  return { timestampValue: { seconds, nanos: nanos - (nanos % 1000) } };
}

function checkArray(values: readonly Value[], depth: number, inArray: boolean): Checked<Value> {
  if (inArray) throw invalidArgument("An array cannot directly contain another array.");
  let bytes = 0;
  const stored = values.map((value) => {
    const checked = checkValue(value, depth, true);
    bytes += checked.bytes;
    return checked.value;
  });
  return { value: { arrayValue: { values: stored } }, bytes };
}

function checkRare(value: Value): Checked<Value> {
  if (value.bytesValue !== undefined) {
    // A copy: what arrived is a window on the whole request, which would be kept with it.
    return { value: { bytesValue: Buffer.from(value.bytesValue) }, bytes: value.bytesValue.length };
  }
  if (value.referenceValue !== undefined)
    return { value, bytes: Buffer.byteLength(value.referenceValue) + 1 };
  if (value.geoPointValue !== undefined) {
    const { latitude = 0, longitude = 0 } = value.geoPointValue;
    // Written so that NaN is refused too.
    if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180)) {
      throw invalidArgument(`(${latitude}, ${longitude}) is not a place on earth.`);
    }
    return { value: { geoPointValue: { latitude, longitude } }, bytes: 16 };
  }
  throw invalidArgument("A value has no type.");
}

/** The document with only the fields that `paths` name; all of them when there is no mask. */
export function maskDocument(
  document: StoredDocument,
  paths: readonly FieldPath[] | undefined,
): StoredDocument {
  return paths ? { ...document, fields: projectFields(document.fields, paths) } : document;
}
