// Listeners. A stream has targets (a query, or a list of documents), each with what the client was last sent.
// Commits only note which documents changed; a flush compares those with what was sent and sends the
// difference as one consistent snapshot. A client that reads slowly gets fewer, larger snapshots, never a
// longer queue, and never misses what is true at the end.

import { maskDocument } from "../document/document.ts";
import type { DocumentChange, StoredDocument } from "../document/value.ts";
import { type Plan, planQuery } from "../query/query.ts";
import type { Database } from "../store/database.ts";
import { type DocumentGone, type ListenResponse, type Target, TargetChangeType } from "../wire/messages.ts";
import { invalidArgument, statusOf } from "../wire/status.ts";

/** Where a stream writes. */
export interface ListenSink {
  /** False when the client reads too slowly: nothing more is written until `drained` is called. */
  write(response: ListenResponse): boolean;
  /** Called for every document that is sent. */
  countRead(): void;
}

interface ActiveTarget {
  readonly id: number;
  /** Set for a query, absent for a list of documents. */
  readonly plan?: Plan;
  /** The documents that the client has, by path. */
  readonly sent: Map<string, StoredDocument>;
  /** Of a list of documents: all of them, also the missing. */
  readonly paths: ReadonlySet<string>;
}

export class ListenStream {
  readonly #database: Database;
  readonly #sink: ListenSink;
  readonly #targets = new Map<number, ActiveTarget>();
  readonly #changed = new Set<string>();
  readonly #unsubscribe: () => void;
  #flush: NodeJS.Immediate | undefined;
  #isBlocked = false;
  #hasSent = false;

  constructor(database: Database, sink: ListenSink) {
    this.#database = database;
    this.#sink = sink;
    this.#unsubscribe = database.onCommit((changes) => this.#note(changes));
  }

  /** Sends the target's present state, then its changes. A target that cannot be is removed with the reason. */
  addTarget(target: Target): void {
    const id = target.targetId || 1;
    try {
      const active = this.#activate(id, target);
      // What changed until now is in the initial state of the new target, so the others must have it too.
      this.#flushNow();
      this.#targets.set(id, active);
      this.#sendTarget(TargetChangeType.ADD, id);
      // What the client holds from before a lost connection is compared by the client itself after a reset.
      if (target.resumeToken?.length || target.readTime) this.#sendTarget(TargetChangeType.RESET, id);
      this.#sendInitial(active);
      this.#sendTarget(TargetChangeType.CURRENT, id);
      this.#sendSnapshotEnd();
      if (target.once) this.removeTarget(id);
    } catch (error) {
      const { code, details } = statusOf(error);
      this.#targets.delete(id);
      const cause = { code, message: details };
      this.#send({ targetChange: { targetChangeType: TargetChangeType.REMOVE, targetIds: [id], cause } });
    }
  }

  removeTarget(id: number): void {
    if (!this.#targets.delete(id)) return;
    this.#send({ targetChange: { targetChangeType: TargetChangeType.REMOVE, targetIds: [id] } });
  }

  /** Tells the client that it is up to date; also keeps it from taking the stream for dead. */
  heartbeat(): void {
    if (this.#targets.size > 0 && this.#changed.size === 0 && !this.#isBlocked) this.#sendSnapshotEnd();
  }

  /** The sink can be written to again. */
  drained(): void {
    this.#isBlocked = false;
    if (this.#changed.size > 0) this.#schedule();
  }

  close(): void {
    this.#unsubscribe();
    this.#targets.clear();
    this.#changed.clear();
    if (this.#flush) clearImmediate(this.#flush);
  }

  #activate(id: number, { query, documents }: Target): ActiveTarget {
    const names = this.#database.names;
    if (query) {
      const plan = planQuery(names.parent(query.parent), query.structuredQuery);
      return { id, plan, sent: new Map(), paths: new Set() };
    }
    if (!documents) throw invalidArgument("A target is neither a query nor documents.");
    return { id, sent: new Map(), paths: new Set(documents.documents?.map((name) => names.document(name))) };
  }

  #note(changes: readonly DocumentChange[]): void {
    if (this.#targets.size === 0) return;
    for (const { path } of changes) this.#changed.add(path);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isBlocked || this.#flush) return;
    this.#flush = setImmediate(() => {
      this.#flush = undefined;
      this.#flushNow();
    });
  }

  #flushNow(): void {
    if (this.#changed.size === 0) return;
    this.#hasSent = false;
    const changed = [...this.#changed];
    this.#changed.clear();
    for (const target of this.#targets.values()) this.#update(target, changed);
    if (this.#hasSent) this.#sendSnapshotEnd();
  }

  #update(target: ActiveTarget, changed: readonly string[]): void {
    const { plan } = target;
    if (plan && (plan.limit !== Number.POSITIVE_INFINITY || plan.offset > 0)) {
      this.#updateWindow(target, plan, changed);
      return;
    }
    for (const path of changed) {
      const document = this.#database.latest.get(path);
      const belongs = plan ? plan.includes(document) : document !== undefined && target.paths.has(path);
      if (document && belongs) this.#sendDocument(target, document);
      else this.#sendGone(target, path);
    }
  }

  /** With a limit or offset one change can move other documents in or out, so the query is run again. */
  #updateWindow(target: ActiveTarget, plan: Plan, changed: readonly string[]): void {
    const { latest } = this.#database;
    const touches = (path: string) => target.sent.has(path) || plan.includes(latest.get(path));
    if (plan.offset === 0 && !changed.some(touches)) return;
    const documents = plan.run(latest);
    const inside = new Set(documents.map(({ path }) => path));
    for (const path of [...target.sent.keys()]) if (!inside.has(path)) this.#sendGone(target, path);
    for (const document of documents) this.#sendDocument(target, document);
  }

  #sendInitial(target: ActiveTarget): void {
    const { latest } = this.#database;
    for (const document of target.plan?.run(latest) ?? []) this.#sendDocument(target, document);
    for (const path of target.paths) {
      const document = latest.get(path);
      if (document) this.#sendDocument(target, document);
      else this.#send({ documentDelete: this.#gone(target, path) });
    }
  }

  #sendDocument(target: ActiveTarget, document: StoredDocument): void {
    if (target.sent.get(document.path) === document) return;
    target.sent.set(document.path, document);
    this.#sink.countRead();
    const sent = maskDocument(document, target.plan?.select);
    this.#send({ documentChange: { document: sent, targetIds: [target.id] } });
  }

  #sendGone(target: ActiveTarget, path: string): void {
    if (!target.sent.delete(path)) return;
    const gone = this.#gone(target, path);
    this.#send(this.#database.latest.get(path) ? { documentRemove: gone } : { documentDelete: gone });
  }

  #gone(target: ActiveTarget, path: string): DocumentGone {
    const document = this.#database.names.full(path);
    return { document, removedTargetIds: [target.id], readTime: this.#database.readTime() };
  }

  #sendTarget(targetChangeType: number, id: number): void {
    this.#send({ targetChange: { targetChangeType, targetIds: [id], ...this.#position() } });
  }

  /** For all targets: what was sent so far is one consistent state. */
  #sendSnapshotEnd(): void {
    this.#send({ targetChange: { targetChangeType: TargetChangeType.NO_CHANGE, ...this.#position() } });
  }

  #position() {
    const resumeToken = Buffer.from(String(this.#database.sequence));
    return { resumeToken, readTime: this.#database.readTime() };
  }

  #send(response: ListenResponse): void {
    this.#hasSent = true;
    if (!this.#sink.write(response)) this.#isBlocked = true;
  }
}
