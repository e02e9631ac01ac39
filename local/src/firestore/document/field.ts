// Field paths (`a.b`, quoted with backticks where a segment is not a simple name) and what is done by them.
// Every function returns new fields and shares what did not change.
import { invalidArgument } from "../wire/status.ts";
import type { Fields, Value } from "./value.ts";

export type FieldPath = readonly string[];

/** The field path that stands for the document's own name. */
export const NAME_FIELD = "__name__";

const SEGMENT = /`((?:[^`\\]|\\.)+)`|([^.`]+)/y;
const MAX_CACHED = 2000;
const parsed = new Map<string, FieldPath>();

/** Parses a field path; INVALID_ARGUMENT when it is malformed. */
export function parseFieldPath(text: string | undefined): FieldPath {
  const known = parsed.get(text ?? "");
  if (known) return known;
  const path = parse(text ?? "");
  if (parsed.size >= MAX_CACHED) parsed.clear();
  parsed.set(text ?? "", path);
  return path;
}

function parse(text: string): FieldPath {
  const segments: string[] = [];
  let at = 0;
  do {
    SEGMENT.lastIndex = at;
    const match = SEGMENT.exec(text);
    if (!match) throw invalidArgument(`"${text}" is not a valid field path.`);
    segments.push(match[1] === undefined ? (match[2] ?? "") : match[1].replace(/\\(.)/g, "$1"));
    at = SEGMENT.lastIndex;
  } while (text[at++] === ".");
  if (at <= text.length) throw invalidArgument(`"${text}" is not a valid field path.`);
  return segments;
}

export function getField(fields: Fields, path: FieldPath): Value | undefined {
  let value: Value | undefined;
  let at: Fields | undefined = fields;
  for (const name of path) {
    value = at !== undefined && Object.hasOwn(at, name) ? at[name] : undefined;
    if (value === undefined) return undefined;
    at = value.mapValue?.fields;
  }
  return value;
}

/** Sets a field, making maps on the way where there are none; `undefined` removes it. */
export function setField(fields: Fields, path: FieldPath, value: Value | undefined): Fields {
  const [name, ...rest] = path;
  if (name === undefined) return fields;
  if (rest.length === 0) return value === undefined ? without(fields, name) : { ...fields, [name]: value };
  const inner = Object.hasOwn(fields, name) ? fields[name]?.mapValue : undefined;
  if (value === undefined && inner === undefined) return fields;
  return { ...fields, [name]: { mapValue: { fields: setField(inner?.fields ?? {}, rest, value) } } };
}

function without(fields: Fields, name: string): Fields {
  if (!Object.hasOwn(fields, name)) return fields;
  const { [name]: _removed, ...kept } = fields;
  return kept;
}

/** Only the fields that `paths` name; a path that is not there is left out. */
export function projectFields(fields: Fields, paths: readonly FieldPath[]): Fields {
  let kept: Fields = {};
  for (const path of paths) {
    const value = getField(fields, path);
    if (value !== undefined) kept = setField(kept, path, value);
  }
  return kept;
}
