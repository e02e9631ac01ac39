/**
 * Where writes outlive the page that made them: in the browser's storage, under the user's name. Each tab holds a lock
 * for as long as it lives; what a tab without one has left belongs to whoever gets its lock first, and to nobody else.
 */
import type { Locks, WriteStorage } from "../base/environment.ts";
import { newKey } from "../base/key.ts";
import type { Intent } from "./intent.ts";

/** A write as it is kept. */
export interface KeptWrite {
  readonly key: string;
  readonly since: number;
  readonly intent: Intent;
  /** The version before it was sent for the first time; absent: it never was. */
  readonly baseVersion?: number | undefined;
}

/** The place in which one write is kept. */
export interface Slip {
  readonly content: KeptWrite;
  /** False when there is no room: then it is kept no more. */
  rewrite(content: KeptWrite): boolean;
  drop(): void;
}

export interface Outbox {
  /** Undefined when there is no room for it. */
  keep(write: KeptWrite): Slip | undefined;
  /** Takes over what tabs that are gone have left, in the order in which it was written. */
  adopt(): Promise<readonly Slip[]>;
  /** Leaves what is still kept to whoever comes next. */
  close(): void;
}

export interface OutboxOptions {
  readonly storage: WriteStorage;
  readonly locks: Locks;
  /** Whose writes: no other user's are looked at. */
  readonly owner: string;
}

/** Resolves when this tab holds its lock, so that no other takes it for gone. */
export async function openOutbox(options: OutboxOptions): Promise<Outbox> {
  const outbox = new StoredOutbox(options);
  await outbox.claim(outbox.tab);
  return outbox;
}

/** Where in the storage a write is: its number in the order of all, and the tab that made it. */
interface Place {
  readonly number: number;
  readonly tab: string;
}

class StoredOutbox implements Outbox {
  readonly tab = newKey();
  readonly #storage: WriteStorage;
  readonly #locks: Locks;
  /** What the names of all places begin with. */
  readonly #prefix: string;
  readonly #claimed = new Set<string>();
  #release = () => {};
  readonly #closed = new Promise<void>((resolve) => {
    this.#release = resolve;
  });

  constructor({ storage, locks, owner }: OutboxOptions) {
    this.#storage = storage;
    this.#locks = locks;
    this.#prefix = `faultline write ${owner} `;
  }

  /** Whether the tab's lock is held from now on, until this is closed. */
  claim(tab: string): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const hold = (lock: unknown) => {
        if (lock) this.#claimed.add(tab);
        resolve(Boolean(lock));
        return lock ? this.#closed : Promise.resolve();
      };
      this.#locks.request(`${this.#prefix}${tab}`, { ifAvailable: true }, hold).catch(reject);
    });
  }

  keep(write: KeptWrite): Slip | undefined {
    const slip = this.#slipAt({ number: this.#nextNumber(), tab: this.tab }, write);
    return slip.rewrite(write) ? slip : undefined;
  }

  async adopt(): Promise<readonly Slip[]> {
    const adopted = new Set<string>();
    for (const tab of new Set(this.#places().map((place) => place.tab)))
      if (!this.#claimed.has(tab) && (await this.claim(tab))) adopted.add(tab);
    return this.#places()
      .filter(({ tab }) => adopted.has(tab))
      .flatMap((place) => {
        const content = parse(this.#storage.getItem(this.#nameOf(place)));
        return content ? [this.#slipAt(place, content)] : [];
      });
  }

  close(): void {
    this.#release();
  }

  /** All that are taken, in order. */
  #places(): readonly Place[] {
    const names = Array.from({ length: this.#storage.length }, (_, at) => this.#storage.key(at) ?? "");
    return names
      .filter((name) => name.startsWith(this.#prefix))
      .map((name) => name.slice(this.#prefix.length).split(" "))
      .map(([number, tab = ""]) => ({ number: Number(number), tab }))
      .sort((a, b) => a.number - b.number);
  }

  /** After all that is kept already, whatever the clock says. */
  #nextNumber(): number {
    return (this.#places().at(-1)?.number ?? 0) + 1;
  }

  #nameOf({ number, tab }: Place): string {
    return `${this.#prefix}${number} ${tab}`;
  }

  #slipAt(place: Place, content: KeptWrite): Slip {
    const storage = this.#storage;
    const name = this.#nameOf(place);
    const drop = () => storage.removeItem(name);
    return {
      content,
      drop,
      rewrite(changed) {
        try {
          storage.setItem(name, JSON.stringify(changed));
          return true;
        } catch {
          drop();
          return false;
        }
      },
    };
  }
}

/** Undefined for what another version of the library may have left. */
function parse(text: string | null): KeptWrite | undefined {
  try {
    const content = JSON.parse(text ?? "") as Partial<KeptWrite>;
    return content.key && content.intent?.kind ? (content as KeptWrite) : undefined;
  } catch {
    return undefined;
  }
}
