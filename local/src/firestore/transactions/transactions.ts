// Transactions by two-phase locking: reads lock what they read, a commit takes its locks, changes everything
// at once and lets go. So nothing that a transaction read can change before it commits, and no update is lost.
// Queries are covered too: until the transaction ends, nothing can enter or leave what it has queried.
//
// Transactional reads ask for an exclusive lock, since most documents that are read in a transaction are then
// written by it, and two that share a lock and both want to write end with one aborted. Documents that turned
// out to be only read (a building, a member) are remembered and shared from then on.
import { randomBytes } from "node:crypto";
import type { DocumentChange, StoredDocument, Timestamp } from "../document/value.ts";
import type { Plan } from "../query/query.ts";
import type { Database, Prepared, View } from "../store/database.ts";
import { targetOf } from "../store/writes.ts";
import type { TransactionOptions, Write } from "../wire/messages.ts";
import { aborted, invalidArgument } from "../wire/status.ts";
import { type LockMode, LockTable, type Owner, type Wait } from "./locks.ts";

export const TransactionDefaults = {
  /** A transaction that does nothing for so long ends. */
  idleMs: 60_000,
  /** The same, when others wait for it. */
  idleWhileWaitedForMs: 10_000,
  /** How many documents are remembered as mostly read. */
  maxReadMostly: 10_000,
} as const;

export interface Transaction extends Owner {
  /** The id that the client sends. */
  readonly id: Buffer;
  /** Set for read-only transactions: what they read at. They hold no locks. */
  readonly readTime?: Timestamp;
  readonly queries: Plan[];
  readonly onEnd: Set<() => void>;
  lastUsedMs: number;
}

const EXPIRED = "The referenced transaction has expired or is no longer valid.";

export class Transactions {
  #serial = 0;
  readonly #database: Database;
  readonly #locks = new LockTable((owner) => this.#abort(owner));
  readonly #active = new Map<string, Transaction>();
  readonly #readMostly = new Set<string>();
  /** Ids of an earlier process must not name transactions of this one. */
  readonly #salt = randomBytes(6).toString("hex");
  readonly #sweep: NodeJS.Timeout;

  constructor(database: Database) {
    this.#database = database;
    this.#sweep = setInterval(() => this.expire(Date.now()), 1000).unref();
  }

  /** Begins a transaction; a retry keeps the age of the one it retries, so that it is not aborted for ever. */
  begin(options: TransactionOptions = {}): Transaction {
    const serial = ++this.#serial;
    const birth = birthOf(options.readWrite?.retryTransaction) ?? serial;
    const { readOnly } = options;
    const transaction: Transaction = {
      id: Buffer.from(`${this.#salt}:${serial}:${birth}`),
      birth,
      isAbortable: true,
      held: new Map(),
      waits: new Set(),
      queries: [],
      onEnd: new Set(),
      lastUsedMs: Date.now(),
      ...(readOnly && { readTime: readOnly.readTime ?? this.#database.readTime() }),
    };
    this.#active.set(transaction.id.toString(), transaction);
    return transaction;
  }

  /** The transaction with this id; INVALID_ARGUMENT when there is none (any more). */
  get(id: Uint8Array): Transaction {
    const transaction = this.#active.get(Buffer.from(id).toString());
    if (!transaction) throw invalidArgument(EXPIRED);
    transaction.lastUsedMs = Date.now();
    return transaction;
  }

  /** What the transaction reads: a fixed time when it is read-only, otherwise the newest state under its locks. */
  view(transaction: Transaction): View {
    return transaction.readTime ? this.#database.at(transaction.readTime) : this.#database.latest;
  }

  /** Waits for the locks that reading these documents takes. */
  async lock(transaction: Transaction, paths: readonly string[]): Promise<void> {
    if (transaction.readTime) return;
    // In one order for all, so that two that read the same documents cannot wait for each other.
    for (const path of [...paths].sort()) {
      // One that ended while it waited must not take another lock: nobody would release it.
      this.#checkActive(transaction);
      const granted = this.#locks.acquire(transaction, path, this.#modeFor(path));
      if (granted) await granted;
    }
    this.#checkActive(transaction);
    // Waiting was not idling: its client gets as long to go on as if it had not had to wait.
    transaction.lastUsedMs = Date.now();
  }

  /** Runs a query whose result nobody else changes until the transaction ends. */
  async query(transaction: Transaction, plan: Plan): Promise<StoredDocument[]> {
    if (transaction.readTime) return plan.run(this.view(transaction));
    for (;;) {
      const documents = plan.run(this.#database.latest);
      const waits = documents.map(({ path }) => path).filter((path) => !transaction.held.has(path));
      if (waits.length === 0) {
        transaction.queries.push(plan);
        return documents;
      }
      await this.lock(transaction, waits);
    }
  }

  /** Commits the writes at once, after those who hold locks on the documents; ends the transaction, if any. */
  async commit(writes: readonly Write[], transaction?: Transaction): Promise<Prepared> {
    if (transaction?.readTime && writes.length > 0)
      throw invalidArgument("A read-only transaction cannot write.");
    const owner = transaction ?? plainOwner();
    try {
      return await this.#commitAs(owner, writes, transaction);
    } finally {
      this.#locks.release(owner);
      if (transaction) this.end(transaction);
    }
  }

  /** Ends a transaction and lets go of its locks. Ending twice is harmless. */
  end(transaction: Transaction): void {
    if (!this.#active.delete(transaction.id.toString())) return;
    for (const wait of [...transaction.waits]) wait.cancel(aborted(EXPIRED));
    this.#locks.release(transaction);
    for (const notify of [...transaction.onEnd]) notify();
  }

  /** Ends the transactions that were left behind, by a client that died, say. */
  expire(nowMs: number): void {
    for (const transaction of this.#active.values()) {
      const isWaitedFor = transaction.onEnd.size > 0 || this.#locks.isWaitedFor(transaction);
      const limitMs = isWaitedFor ? TransactionDefaults.idleWhileWaitedForMs : TransactionDefaults.idleMs;
      if (transaction.waits.size === 0 && nowMs - transaction.lastUsedMs > limitMs) this.end(transaction);
    }
  }

  stop(): void {
    clearInterval(this.#sweep);
    for (const transaction of [...this.#active.values()]) this.end(transaction);
  }

  async #commitAs(owner: Owner, writes: readonly Write[], transaction?: Transaction): Promise<Prepared> {
    const paths = [...new Set(writes.map((write) => targetOf(write, this.#database.names)))].sort();
    if (!paths.every((path) => this.#locks.isFree(owner, path))) {
      await this.#lockAll(owner, paths);
    }
    for (;;) {
      if (transaction) this.#checkActive(transaction);
      const prepared = this.#database.prepare(writes);
      const blockers = this.#queriersOf(prepared.changes, owner);
      if (blockers.length === 0) {
        this.#learn(owner, paths);
        this.#database.install(prepared);
        return prepared;
      }
      // While it waits, its own locks keep others from changing what it is about to change.
      await this.#lockAll(owner, paths);
      await this.#untilOneEnds(owner, blockers);
    }
  }

  async #lockAll(owner: Owner, paths: readonly string[]): Promise<void> {
    for (const path of paths) await this.#locks.acquire(owner, path, "exclusive");
  }

  #modeFor(path: string): LockMode {
    return this.#readMostly.has(path) ? "shared" : "exclusive";
  }

  /** Remembers which of the documents it had locked were only read. */
  #learn(owner: Owner, written: readonly string[]): void {
    for (const path of owner.held.keys()) this.#readMostly.add(path);
    for (const path of written) this.#readMostly.delete(path);
    for (const path of this.#readMostly) {
      if (this.#readMostly.size <= TransactionDefaults.maxReadMostly) return;
      this.#readMostly.delete(path);
    }
  }

  /** The other transactions whose queries these changes would touch. */
  #queriersOf(changes: readonly DocumentChange[], owner: Owner): Transaction[] {
    const touches = (plan: Plan) =>
      changes.some(({ before, after }) => plan.includes(before) || plan.includes(after));
    return [...this.#active.values()].filter((other) => other !== owner && other.queries.some(touches));
  }

  #untilOneEnds(owner: Owner, blockers: readonly Transaction[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        owner.waits.delete(wait);
        for (const blocker of blockers) blocker.onEnd.delete(ended);
      };
      const ended = () => {
        leave();
        resolve();
      };
      const cancel = (reason: Error) => {
        leave();
        reject(reason);
      };
      const wait: Wait = { blockers: () => blockers, cancel };
      for (const blocker of blockers) blocker.onEnd.add(ended);
      this.#locks.wait(owner, wait);
    });
  }

  /** Breaks a circle: the waits of this owner end with ABORTED, and its client tries again. */
  #abort(owner: Owner): void {
    for (const wait of [...owner.waits])
      wait.cancel(aborted("Too much contention on these documents. Please try again."));
    const transaction = [...this.#active.values()].find((each) => each === owner);
    if (transaction) this.end(transaction);
  }

  #checkActive(transaction: Transaction): void {
    if (!this.#active.has(transaction.id.toString())) throw aborted(EXPIRED);
  }
}

/** A plain commit holds locks only while it waits for more of them; it is never aborted. */
const plainOwner = (): Owner => ({ birth: 0, isAbortable: false, held: new Map(), waits: new Set() });

function birthOf(retried: Uint8Array | undefined): number | undefined {
  const birth = Number(
    Buffer.from(retried ?? [])
      .toString()
      .split(":")[2] || Number.NaN,
  );
  return Number.isSafeInteger(birth) ? birth : undefined;
}
