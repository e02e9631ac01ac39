// Locks on documents, as Firestore's server clients know them: taken by the reads of a transaction, granted in
// the order in which they were asked for, held until the transaction ends.
//
//   shared     many at a time, as long as nobody wants to write
//   exclusive  one at a time
//
// A circle of owners that wait for each other is broken by aborting the youngest that can be aborted.

export type LockMode = "shared" | "exclusive";

/** Whoever holds locks: a transaction, or a plain commit while it waits for its turn. */
export interface Owner {
  /** Smaller is older. Of those in a circle the youngest is aborted. */
  readonly birth: number;
  /** Whether it may be aborted to break a circle. */
  readonly isAbortable: boolean;
  readonly held: Map<string, LockMode>;
  readonly waits: Set<Wait>;
}

/** Something an owner waits for: a lock, or the end of another owner. */
export interface Wait {
  blockers(): Iterable<Owner>;
  /** Stops waiting; the promise that was given out rejects. */
  cancel(reason: Error): void;
}

interface Request {
  readonly owner: Owner;
  readonly mode: LockMode;
  grant(): void;
}

interface Lock {
  readonly holders: Map<Owner, LockMode>;
  readonly queue: Request[];
}

export class LockTable {
  readonly #locks = new Map<string, Lock>();
  readonly #abort: (owner: Owner) => void;

  /** `abort` must release everything the owner holds and cancel its waits. */
  constructor(abort: (owner: Owner) => void) {
    this.#abort = abort;
  }

  /** Takes a lock at once and returns nothing, or returns a promise for when it is granted. */
  acquire(owner: Owner, path: string, mode: LockMode): Promise<void> | undefined {
    const held = owner.held.get(path);
    if (held === "exclusive" || held === mode) return undefined;
    const lock = this.#lock(path);
    // An owner that already shares the lock must not queue behind those who wait for it to let go.
    if ((held || lock.queue.length === 0) && isCompatible(lock, owner, mode)) {
      hold(lock, owner, path, mode);
      return undefined;
    }
    return this.#enqueue(lock, owner, path, mode, held !== undefined);
  }

  /** Whether `owner` could change the document now: no other owner holds a lock on it. */
  isFree(owner: Owner | undefined, path: string): boolean {
    const lock = this.#locks.get(path);
    if (lock === undefined) return true;
    return [...lock.holders.keys()].every((holder) => holder === owner);
  }

  /** Whether others wait for what this owner holds. */
  isWaitedFor(owner: Owner): boolean {
    for (const path of owner.held.keys()) if (this.#locks.get(path)?.queue.length) return true;
    return false;
  }

  release(owner: Owner): void {
    for (const path of owner.held.keys()) {
      const lock = this.#locks.get(path);
      lock?.holders.delete(owner);
      if (lock) this.#serve(path, lock);
    }
    owner.held.clear();
  }

  /** Adds a wait of any kind, and breaks the circle it may close. */
  wait(owner: Owner, wait: Wait): void {
    owner.waits.add(wait);
    this.#breakCircles(owner);
  }

  #enqueue(lock: Lock, owner: Owner, path: string, mode: LockMode, first: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        owner.waits.delete(wait);
        lock.queue.splice(lock.queue.indexOf(request), 1);
      };
      const grant = () => {
        leave();
        hold(lock, owner, path, mode);
        resolve();
        // Who waits behind this one now waits for this owner, which may itself still wait elsewhere.
        if (owner.waits.size > 0) this.#breakCircles(owner);
      };
      const request: Request = { owner, mode, grant };
      const cancel = (reason: Error) => {
        leave();
        reject(reason);
        this.#serve(path, lock);
      };
      const wait: Wait = { cancel, blockers: () => othersHolding(lock, owner) };
      if (first) lock.queue.unshift(request);
      else lock.queue.push(request);
      this.wait(owner, wait);
    });
  }

  #serve(path: string, lock: Lock): void {
    for (let next = lock.queue[0]; next && isCompatible(lock, next.owner, next.mode); next = lock.queue[0]) {
      next.grant();
    }
    const isUnused = lock.holders.size === 0 && lock.queue.length === 0;
    // Granting can end owners, and so free and take this lock anew, before this loop is over.
    if (isUnused && this.#locks.get(path) === lock) this.#locks.delete(path);
  }

  #lock(path: string): Lock {
    const existing = this.#locks.get(path);
    if (existing) return existing;
    const lock: Lock = { holders: new Map(), queue: [] };
    this.#locks.set(path, lock);
    return lock;
  }

  #breakCircles(start: Owner): void {
    for (let circle = findCircle(start); circle; circle = findCircle(start)) {
      const victims = circle.filter((owner) => owner.isAbortable);
      const youngest = victims.reduce<Owner | undefined>(
        (a, b) => (a && a.birth > b.birth ? a : b),
        undefined,
      );
      if (!youngest) return;
      this.#abort(youngest);
    }
  }
}

function isCompatible(lock: Lock, owner: Owner, mode: LockMode): boolean {
  for (const [holder, held] of lock.holders) {
    if (holder !== owner && (mode === "exclusive" || held === "exclusive")) return false;
  }
  return true;
}

function hold(lock: Lock, owner: Owner, path: string, mode: LockMode): void {
  lock.holders.set(owner, mode);
  owner.held.set(path, mode);
}

function* othersHolding(lock: Lock, owner: Owner): Iterable<Owner> {
  for (const holder of lock.holders.keys()) if (holder !== owner) yield holder;
}

/** A circle of waiting owners that contains `start`. */
function findCircle(start: Owner): readonly Owner[] | undefined {
  const seen = new Set<Owner>();
  const follow = (owner: Owner, way: readonly Owner[]): readonly Owner[] | undefined => {
    for (const wait of owner.waits) {
      for (const blocker of wait.blockers()) {
        if (blocker === start) return [...way, owner];
        if (seen.has(blocker)) continue;
        seen.add(blocker);
        const circle = follow(blocker, [...way, owner]);
        if (circle) return circle;
      }
    }
    return undefined;
  };
  return follow(start, []);
}
