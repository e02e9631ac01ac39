// The documents and their commits. Everything here is synchronous: a commit is prepared and installed within
// one turn of the event loop, so no reader ever sees half of it.

import { join, type Names, splitLast } from "../document/path.ts";
import type { DocumentChange, StoredDocument, Timestamp } from "../document/value.ts";
import type { Write, WriteResult } from "../wire/messages.ts";
import { invalidArgument } from "../wire/status.ts";
import { type Clock, createClock, toMicros, toTimestamp } from "./clock.ts";
import { History } from "./history.ts";
import { type Collection, Tree } from "./tree.ts";
import { applyWrite, targetOf } from "./writes.ts";

/** A state of the database that queries read: the newest, or one of the recent past. */
export interface View {
  get(path: string): StoredDocument | undefined;
  /** Calls `visit` with every document of the collections; in no order. */
  scan(scope: Scope, visit: (document: StoredDocument) => void): void;
}

/** Which collections a query reads. */
export interface Scope {
  /** The path of the document above the collections, "" for the root. */
  readonly parent: string;
  /** The collections' id; absent for all collections (only with `allDescendants`). */
  readonly collectionId?: string;
  /** Also those at any depth below the parent, not only directly. */
  readonly allDescendants: boolean;
}

/** A commit that has been computed but not yet happened; valid only within the turn it was prepared in. */
export interface Prepared {
  readonly time: number;
  readonly commitTime: Timestamp;
  /** Only documents that really change, each once. */
  readonly changes: readonly DocumentChange[];
  readonly results: readonly WriteResult[];
}

export type CommitListener = (changes: readonly DocumentChange[]) => void;

export interface DatabaseState {
  readonly documents: Iterable<StoredDocument>;
  /** The time of the last commit, in microseconds. */
  readonly time: number;
  readonly sequence: number;
}

export class Database {
  readonly clock: Clock;
  readonly names: Names;
  readonly tree = new Tree();
  #sequence: number;
  readonly #history: History;
  readonly #listeners = new Set<CommitListener>();
  readonly #record: CommitListener;

  /** `record` is told of a commit before it happens, and may throw to prevent it. */
  constructor(names: Names, state?: DatabaseState, record: CommitListener = () => {}) {
    this.names = names;
    this.clock = createClock(state?.time);
    this.#sequence = state?.sequence ?? 0;
    this.#record = record;
    for (const document of state?.documents ?? []) this.tree.put(document);
    this.#history = new History(this.clock.now());
  }

  get sequence(): number {
    return this.#sequence;
  }

  /** Now, as a time that every later commit is after. */
  readTime(): Timestamp {
    return toTimestamp(this.clock.now());
  }

  /** The newest state. */
  readonly latest: View = {
    get: (path) => this.tree.get(path),
    scan: (scope, visit) => {
      for (const collection of this.#collections(scope)) collection.documents.forEach(visit);
    },
  };

  /** The state at a time; FAILED_PRECONDITION when it is too long ago, INVALID_ARGUMENT when it is to come. */
  at(time: Timestamp): View {
    const micros = toMicros(time);
    if (micros > this.clock.now()) throw invalidArgument("The requested read time is in the future.");
    const then = this.#history.since(micros);
    if (then.size === 0) return this.latest;
    return {
      get: (path) => (then.has(path) ? then.get(path) : this.tree.get(path)),
      scan: (scope, visit) => {
        this.latest.scan(scope, (document) => then.has(document.path) || visit(document));
        for (const [path, document] of then) if (document && inScope(scope, path)) visit(document);
      },
    };
  }

  /** Computes a commit of all the writes in order, or throws what forbids it. */
  prepare(writes: readonly Write[]): Prepared {
    const time = this.clock.next();
    const staged = new Map<string, StoredDocument | undefined>();
    const results = writes.map((write): WriteResult => {
      const path = targetOf(write, this.names);
      const before = staged.has(path) ? staged.get(path) : this.tree.get(path);
      const { after, transformResults } = applyWrite(write, path, before, this.names, time);
      staged.set(path, after);
      return { ...(after && { updateTime: after.updateTime }), transformResults };
    });
    const commitTime = toTimestamp(time);
    return { time, commitTime, changes: this.#changesOf(staged, commitTime), results };
  }

  /** Makes a prepared commit happen and tells the listeners. */
  install({ changes, time }: Prepared): void {
    if (changes.length === 0) return;
    this.#record(changes);
    for (const { path, after } of changes) {
      if (after) this.tree.put(after);
      else this.tree.delete(path);
    }
    this.#sequence += changes.length;
    this.#history.add(changes, time);
    for (const listener of this.#listeners) listener(changes);
  }

  /** Calls `listener` with the changes of every commit, within it. It must not throw. */
  onCommit(listener: CommitListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #changesOf(
    staged: ReadonlyMap<string, StoredDocument | undefined>,
    commitTime: Timestamp,
  ): DocumentChange[] {
    const changes: DocumentChange[] = [];
    for (const [path, after] of staged) {
      const before = this.tree.get(path);
      if (before === after) continue;
      const sequence = this.#sequence + changes.length + 1;
      changes.push({ path, ...(before && { before }), ...(after && { after }), commitTime, sequence });
    }
    return changes;
  }

  *#collections(scope: Scope): Iterable<Collection> {
    if (!scope.allDescendants && scope.collectionId !== undefined) {
      const collection = this.tree.collection(join(scope.parent, scope.collectionId));
      if (collection) yield collection;
      return;
    }
    const candidates =
      scope.collectionId === undefined ? this.tree.all() : this.tree.group(scope.collectionId);
    for (const collection of candidates) if (isBelow(scope.parent, collection.path)) yield collection;
  }
}

const isBelow = (parent: string, path: string) => parent === "" || path.startsWith(`${parent}/`);

/** Whether a document of this path is in one of the scope's collections. */
export function inScope(scope: Scope, path: string): boolean {
  const [collectionPath] = splitLast(path);
  if (!scope.allDescendants) return collectionPath === join(scope.parent, scope.collectionId ?? "");
  if (!isBelow(scope.parent, collectionPath)) return false;
  return scope.collectionId === undefined || splitLast(collectionPath)[1] === scope.collectionId;
}
