/** The one connection of a page, for however many watch: who wants which rooms, and who is told what. */
import type { ErrorBody, FaultlineEvent, Principal } from "@faultline/contract";
import type { Cancel, Clock } from "../base/clock.ts";
import { type Store, Value } from "../base/store.ts";
import { sinceOf } from "../connection/connection.ts";
import { type ConnectionState, isSameState, type Link, type LinkNews } from "../connection/link.ts";

/** Somebody who wants rooms. */
export interface Interest {
  readonly rooms: readonly string[];
  /** From now on all changes are told; what was before has to be fetched. Called again when something was missed. */
  onJoined(): void;
  onEvent?(event: FaultlineEvent): void;
  onRefused(error: ErrorBody): void;
}

export interface Hub {
  /** Live only when nothing is left to be caught up with. */
  readonly state: Store<ConnectionState>;
  /** Gives the way to end the interest. */
  enter(interest: Interest): () => void;
  /** Until the function that it gives is called, there is something to catch up with. */
  catchUp(): () => void;
  restart(): void;
  close(): void;
}

export interface HubOptions {
  readonly clock: Clock;
  readonly connect: (onNews: (news: LinkNews) => void) => Link;
  /** Hears every event before anybody else. */
  readonly onEvent: (event: FaultlineEvent) => void;
  /** The rooms that anybody wants have become fewer. */
  readonly onLeft: (rooms: ReadonlySet<string>) => void;
  /** As whom the connection was made or renewed. */
  readonly onMember: (member: Principal) => void;
}

/** A room that nobody wants is kept for so long: a page that changes its view often wants it again. */
const lingerMs = 2_000;

export function createHub(options: HubOptions): Hub {
  return new LiveHub(options);
}

interface Entry {
  readonly interest: Interest;
  isJoined: boolean;
}

class LiveHub implements Hub {
  readonly #options: HubOptions;
  readonly #link: Link;
  readonly #entries = new Set<Entry>();
  readonly #view: Value<ConnectionState>;
  #joined: ReadonlySet<string> = new Set();
  #wanted: ReadonlySet<string> = new Set();
  #behind = 0;
  #isUpdating = false;
  #cancelLinger: Cancel = () => {};

  constructor(options: HubOptions) {
    this.#options = options;
    this.#link = options.connect((news) => this.#take(news));
    this.#view = new Value(this.#link.state.getSnapshot());
    this.#link.state.subscribe(() => this.#show());
  }

  get state() {
    return this.#view;
  }

  enter(interest: Interest): () => void {
    const entry: Entry = { interest, isJoined: false };
    this.#entries.add(entry);
    this.#updateSoon();
    return () => {
      if (!this.#entries.delete(entry)) return;
      this.#cancelLinger();
      this.#cancelLinger = this.#options.clock.after(lingerMs, () => this.#update());
    };
  }

  catchUp(): () => void {
    this.#behind += 1;
    this.#show();
    let hasEnded = false;
    return () => {
      if (hasEnded) return;
      hasEnded = true;
      this.#behind -= 1;
      this.#show();
    };
  }

  restart(): void {
    this.#link.restart();
  }

  close(): void {
    this.#cancelLinger();
    this.#entries.clear();
    this.#link.close();
  }

  /** Many interests that begin together are one request. */
  #updateSoon(): void {
    if (this.#isUpdating) return;
    this.#isUpdating = true;
    queueMicrotask(() => {
      this.#isUpdating = false;
      this.#update();
    });
  }

  #update(): void {
    const wanted = new Set([...this.#entries].flatMap(({ interest }) => interest.rooms));
    const isSame = wanted.size === this.#wanted.size && [...wanted].every((room) => this.#wanted.has(room));
    const hasLeft = [...this.#wanted].some((room) => !wanted.has(room));
    this.#wanted = wanted;
    if (hasLeft) {
      this.#joined = new Set([...this.#joined].filter((room) => wanted.has(room)));
      this.#options.onLeft(wanted);
    }
    if (!isSame) this.#link.want([...wanted]);
    // Whoever comes to rooms that are joined already hears from them at once.
    this.#admit();
  }

  #take(news: LinkNews): void {
    switch (news.type) {
      case "event":
        this.#tell(news.event);
        break;
      case "joined":
        this.#joined = new Set(news.rooms.filter((room) => this.#wanted.has(room)));
        if (!news.isWhole) this.#doubt();
        this.#admit();
        break;
      case "lost":
        this.#doubt();
        this.#admit();
        break;
      case "refused":
        for (const { interest } of [...this.#entries])
          if (interest.rooms.includes(news.room)) interest.onRefused(news.error);
        break;
      case "member":
        this.#options.onMember(news.member);
    }
  }

  #tell(event: FaultlineEvent): void {
    this.#options.onEvent(event);
    for (const { interest } of [...this.#entries]) interest.onEvent?.(event);
  }

  /** Something was missed: whoever was in its rooms has to begin again. */
  #doubt(): void {
    for (const entry of this.#entries) entry.isJoined = false;
  }

  #admit(): void {
    for (const entry of [...this.#entries]) {
      const isJoined = entry.interest.rooms.every((room) => this.#joined.has(room));
      const wasJoined = entry.isJoined;
      entry.isJoined = isJoined;
      if (isJoined && !wasJoined) entry.interest.onJoined();
    }
  }

  #show(): void {
    const state = this.#link.state.getSnapshot();
    const isBehind = this.#behind > 0 && state.phase === "live";
    const before = this.#view.getSnapshot();
    const phase = isBehind ? "recovering" : state.phase;
    const shown = { ...state, phase, since: sinceOf(before, { phase, since: state.since }) };
    if (!isSameState(shown, before)) this.#view.set(shown);
  }
}
