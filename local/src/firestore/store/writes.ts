// One write against one document: precondition, mask, transforms.

import { checkFields } from "../document/document.ts";
import { getField, parseFieldPath, setField } from "../document/field.ts";
import { sameFields } from "../document/order.ts";
import type { Names } from "../document/path.ts";
import type { Fields, StoredDocument, Value } from "../document/value.ts";
import type { FieldTransform, Mask, Precondition, WireDocument, Write } from "../wire/messages.ts";
import { alreadyExists, failedPrecondition, invalidArgument, notFound } from "../wire/status.ts";
import { toMicros, toTimestamp } from "./clock.ts";
import { transformValue } from "./transforms.ts";

export interface Applied {
  /** The document after the write: `before` itself when nothing changed, absent when it is deleted. */
  readonly after: StoredDocument | undefined;
  readonly transformResults: readonly Value[];
}

/** The path of the document that a write is about. */
export function targetOf(write: Write, names: Names): string {
  const name = write.update?.name ?? write.delete ?? write.transform?.document;
  if (name === undefined) throw invalidArgument("A write names no document.");
  return names.document(name);
}

/** What `write` makes of `before` when committed at `time` (microseconds); throws when its precondition fails. */
export function applyWrite(
  write: Write,
  path: string,
  before: StoredDocument | undefined,
  names: Names,
  time: number,
): Applied {
  checkPrecondition(write.currentDocument, path, before);
  if (write.delete !== undefined) return { after: undefined, transformResults: [] };
  const written = write.update ? updated(write.update, write.updateMask, before) : (before?.fields ?? {});
  const transforms = write.updateTransforms ?? write.transform?.fieldTransforms ?? [];
  const { fields, results } = transformed(written, transforms, time);
  return { after: store(path, checkFields(path, fields), before, names, time), transformResults: results };
}

function checkPrecondition(condition: Precondition | undefined, path: string, before?: StoredDocument): void {
  if (condition?.exists === true && !before) throw notFound(`No document to update: ${path}`);
  if (condition?.exists === false && before) throw alreadyExists(`Document already exists: ${path}`);
  if (condition?.updateTime === undefined) return;
  if (!before) throw notFound(`No document to update: ${path}`);
  if (toMicros(condition.updateTime) !== toMicros(before.updateTime)) {
    throw failedPrecondition(`The stored version of ${path} does not match the required update time.`);
  }
}

/** With a mask only the named fields are set, or removed where the update has no value for them. */
function updated(update: WireDocument, mask: Mask | undefined, before: StoredDocument | undefined): Fields {
  const given = update.fields ?? {};
  if (mask === undefined) return given;
  let fields = before?.fields ?? {};
  for (const text of mask.fieldPaths ?? []) {
    const path = parseFieldPath(text);
    fields = setField(fields, path, getField(given, path));
  }
  return fields;
}

function transformed(written: Fields, transforms: readonly FieldTransform[], time: number) {
  // Firestore's server timestamps have whole milliseconds; update times are finer.
  const requestTime = { timestampValue: toTimestamp(Math.floor(time / 1000) * 1000) };
  const results: Value[] = [];
  let fields = written;
  for (const transform of transforms) {
    const path = parseFieldPath(transform.fieldPath);
    const { value, result } = transformValue(transform, getField(fields, path), requestTime);
    fields = setField(fields, path, value);
    results.push(result);
  }
  return { fields, results };
}

/** A write that changes nothing leaves the document, and so its update time, as it was. */
function store(
  path: string,
  fields: Fields,
  before: StoredDocument | undefined,
  names: Names,
  time: number,
): StoredDocument {
  if (before && sameFields(before.fields, fields)) return before;
  const updateTime = toTimestamp(time);
  return { name: names.full(path), path, fields, createTime: before?.createTime ?? updateTime, updateTime };
}
