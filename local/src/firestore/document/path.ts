// Resource names and the paths inside a database: `organizations/o/issues/i`, segments joined by slashes.
import { invalidArgument } from "../wire/status.ts";

const MAX_ID_BYTES = 1500;
const SLASH = 47;
const NUMERIC_ID = /^__id(-?\d+)__$/;

/** Translates between full resource names and paths relative to the database's root. */
export interface Names {
  /** `projects/{project}/databases/(default)/documents` */
  readonly root: string;
  /** The full resource name of a document. */
  full(path: string): string;
  /** The path of a document; INVALID_ARGUMENT when the name is malformed or of another database. */
  document(name: string | undefined): string;
  /** The path of a parent: a document's, or "" for the database's root. */
  parent(name: string | undefined): string;
  /** Refuses the name of any other database with INVALID_ARGUMENT. */
  database(name: string | undefined): void;
}

export function namesOf(projectId: string): Names {
  const database = `projects/${projectId}/databases/(default)`;
  const root = `${database}/documents`;
  const relative = (name: string) => {
    if (name.startsWith(`${root}/`)) return name.slice(root.length + 1);
    throw invalidArgument(`This server holds ${root}; the request names "${name}".`);
  };
  return {
    root,
    full: (path) => `${root}/${path}`,
    document: (name = "") => checkDocumentPath(relative(name)),
    parent: (name = "") => (name === root ? "" : checkDocumentPath(relative(name))),
    database: (name = "") => {
      if (name !== database)
        throw invalidArgument(`This server holds ${database}; the request names "${name}".`);
    },
  };
}

/** Splits off the last segment: the collection's path and the document's id, or a document's path and a collection's id. */
export function splitLast(path: string): readonly [parent: string, id: string] {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? ["", path] : [path.slice(0, slash), path.slice(slash + 1)];
}

export const join = (parent: string, id: string): string => (parent === "" ? id : `${parent}/${id}`);

/** Refuses what Firestore refuses as a collection or document id. */
export function checkId(id: string): void {
  const isReserved = id.startsWith("__") && id.endsWith("__") && id.length >= 4 && !NUMERIC_ID.test(id);
  if (id === "" || id === "." || id === ".." || isReserved || id.includes("/")) {
    throw invalidArgument(`"${id}" is not a valid collection or document id.`);
  }
  if (id.length * 3 > MAX_ID_BYTES && Buffer.byteLength(id) > MAX_ID_BYTES) {
    throw invalidArgument(`An id is longer than ${MAX_ID_BYTES} bytes: "${id.slice(0, 40)}…".`);
  }
}

function checkDocumentPath(path: string): string {
  const segments = path.split("/");
  if (segments.length % 2 !== 0) throw invalidArgument(`"${path}" names a collection, not a document.`);
  for (const segment of segments) checkId(segment);
  return path;
}

/** Orders two paths by segment: shorter before longer, numeric ids (`__id7__`) by number and before all others. */
export function comparePaths(left: string, right: string): number {
  if (left.includes("__id") || right.includes("__id"))
    return compareSegments(left.split("/"), right.split("/"));
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i++) {
    const a = left.charCodeAt(i);
    const b = right.charCodeAt(i);
    if (a === b) continue;
    // Where one segment ends and the other goes on, the one that ends comes first.
    if (a === SLASH || b === SLASH) return a === SLASH ? -1 : 1;
    return compareUnits(a, b);
  }
  return left.length - right.length;
}

function compareSegments(left: readonly string[], right: readonly string[]): number {
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i++) {
    const order = compareIds(left[i] ?? "", right[i] ?? "");
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/** Orders two ids of one collection as Firestore orders `__name__`. */
export function compareIds(left: string, right: string): number {
  if (left.startsWith("__id") || right.startsWith("__id")) {
    const [a, b] = [numericId(left), numericId(right)];
    if (a !== undefined && b !== undefined) return a < b ? -1 : Number(a > b);
    if (a !== undefined || b !== undefined) return a !== undefined ? -1 : 1;
  }
  return compareStrings(left, right);
}

function numericId(id: string): bigint | undefined {
  const digits = NUMERIC_ID.exec(id)?.[1];
  return digits === undefined ? undefined : BigInt(digits);
}

/** Orders strings by their UTF-8 bytes, without encoding them. */
export function compareStrings(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i++) {
    const a = left.charCodeAt(i);
    const b = right.charCodeAt(i);
    if (a !== b) return compareUnits(a, b);
  }
  return left.length - right.length;
}

/** A surrogate stands for a code point above U+FFFF, so it sorts after every single unit. */
function compareUnits(a: number, b: number): number {
  const isSurrogate = (unit: number) => unit >= 0xd800 && unit <= 0xdfff;
  if (isSurrogate(a) !== isSurrogate(b)) return isSurrogate(a) ? 1 : -1;
  return a - b;
}
