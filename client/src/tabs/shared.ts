/**
 * One connection for all tabs of a browser. Whoever holds the lock leads; the others tell it what they want and hear
 * from it. When the leader's tab closes, the lock goes to another, which goes on from the position it has heard.
 */
import type { Cancel } from "../base/clock.ts";
import type { Channel, Environment, Tabs } from "../base/environment.ts";
import { newKey } from "../base/key.ts";
import { Value } from "../base/store.ts";
import { initialConnection, sinceOf } from "../connection/connection.ts";
import { type ConnectionState, isSameState, type Link, type LinkNews, stateOf } from "../connection/link.ts";
import { type Leader, lead } from "./leader.ts";
import type { LeaderMessage, TabMessage } from "./messages.ts";

export interface SharedOptions {
  /** Tabs of the same name share a connection. */
  readonly name: string;
  readonly tabs: Tabs;
  readonly environment: Pick<Environment, "clock">;
  /** Opens the connection, should this tab lead. */
  readonly open: (onNews: (news: LinkNews) => void, since: string | undefined) => Link;
  readonly onNews: (news: LinkNews) => void;
}

/** A leader that was silent for so long hangs, and is replaced: a hidden tab's timers run once a minute. */
const silentMs = 75_000;

/** An attempt that is due for so long is one that the leader's timers are late for. */
const lateMs = 500;

export function createSharedLink(options: SharedOptions): Link {
  return new SharedLink(options);
}

class SharedLink implements Link {
  readonly #options: SharedOptions;
  readonly #tab = newKey();
  readonly #channel: Channel;
  readonly #view: Value<ConnectionState>;
  readonly #abort = new AbortController();
  #rooms: readonly string[] = [];
  #position: string | undefined;
  #leader: Leader | undefined;
  /** Whom this tab hears, and the number of what it heard last. */
  #heard: { readonly leader: string; readonly number: number } | undefined;
  /** Whether the page was left, and has not joined its rooms again since. */
  #wasAway = false;
  #cancelSilence: Cancel = () => {};
  #cancelReminder: Cancel = () => {};
  readonly #cancelPage: Cancel;
  #endLead = () => {};

  constructor(options: SharedOptions) {
    this.#options = options;
    this.#view = new Value(stateOf(initialConnection(options.environment.clock.now())));
    this.#channel = options.tabs.openChannel(options.name);
    this.#channel.addEventListener("message", ({ data }) => this.#take(data as TabMessage));
    // Whoever leads would else learn only from this tab's silence that it is gone.
    this.#cancelPage = options.tabs.watchPage((isShown) => {
      this.#wasAway = true;
      this.#wish(isShown ? this.#rooms : []);
    });
    void this.#compete(false);
  }

  get state() {
    return this.#view;
  }

  get position(): string | undefined {
    return this.#position;
  }

  want(rooms: readonly string[]): void {
    this.#rooms = rooms;
    if (rooms.length === 0) this.#heard = undefined;
    this.#wish(rooms);
    this.#watchSilence();
  }

  restart(): void {
    if (this.#leader) this.#leader.restart();
    else this.#post({ type: "restart" });
  }

  remind(): void {
    if (this.#leader) this.#leader.remind();
    else this.#post({ type: "remind" });
  }

  close(): void {
    if (this.#abort.signal.aborted) return;
    this.#cancelSilence();
    this.#cancelReminder();
    this.#cancelPage();
    this.#post({ type: "want", tab: this.#tab, rooms: [] });
    this.#abort.abort();
    this.#endLead();
    this.#channel.close();
    this.#view.set({ ...this.#view.getSnapshot(), phase: "closed", cause: "closed", retryAt: undefined });
  }

  /** Leads as soon, and as long, as the lock is this tab's. */
  async #compete(steal: boolean): Promise<void> {
    const { name, tabs } = this.#options;
    const { signal } = this.#abort;
    try {
      await tabs.locks.request(name, steal ? { steal } : { signal }, () => this.#lead());
    } catch {
      // Another tab took the lock, since this one was silent; or this one is closing.
      this.#endLead();
      if (!signal.aborted) void this.#compete(false);
    }
  }

  #lead(): Promise<void> {
    if (this.#abort.signal.aborted) return Promise.resolve();
    const { environment, open } = this.#options;
    const since = this.#position;
    this.#cancelSilence();
    const leader = lead({
      id: newKey(),
      clock: environment.clock,
      since,
      open: (onNews) => open(onNews, since),
      post: (message) => this.#post(message),
      onTold: (message) => this.#hear(message),
    });
    this.#leader = leader;
    leader.want(this.#tab, this.#rooms);
    return new Promise((resolve) => {
      this.#endLead = () => {
        this.#leader = undefined;
        this.#endLead = () => {};
        leader.end();
        resolve();
      };
    });
  }

  #wish(rooms: readonly string[]): void {
    if (this.#leader) this.#leader.want(this.#tab, rooms);
    else this.#post({ type: "want", tab: this.#tab, rooms });
  }

  #post(message: TabMessage): void {
    if (!this.#abort.signal.aborted) this.#channel.postMessage(message);
  }

  #take(message: TabMessage): void {
    if (this.#leader) {
      if (message.type === "want") this.#leader.want(message.tab, message.rooms);
      if (message.type === "restart") this.#leader.restart();
      if (message.type === "remind") this.#leader.remind();
      return;
    }
    if (message.type === "beat") {
      this.#watchSilence();
      if (this.#rooms.length > 0) this.#post({ type: "want", tab: this.#tab, rooms: this.#rooms });
    }
    if (message.type === "told") this.#hear(message);
  }

  #hear({ leader, number, state, news, since, position }: LeaderMessage): void {
    this.#watchSilence();
    const isNext = this.#heard?.leader === leader && this.#heard.number + 1 === number;
    const hasAll = isNext || since === this.#position;
    this.#heard = { leader, number };
    this.#position = position;
    this.#see(state);
    if (this.#rooms.length === 0) return;
    if (news?.type === "joined") {
      const isWhole = news.isWhole && hasAll && !this.#wasAway;
      this.#wasAway = false;
      this.#options.onNews({ ...news, isWhole });
    } else {
      if (!hasAll) this.#options.onNews({ type: "lost" });
      if (news) this.#options.onNews(news);
    }
  }

  /** Another tab that leads only knows since when it tries. */
  #see(told: ConnectionState): void {
    const { clock } = this.#options.environment;
    const before = this.#view.getSnapshot();
    const state = { ...told, since: sinceOf(before, told) };
    if (isSameState(state, before)) return;
    const { retryAt } = state;
    this.#view.set(state);
    this.#cancelReminder();
    if (retryAt !== undefined && !this.#leader)
      this.#cancelReminder = clock.after(retryAt - clock.now() + lateMs, () => this.remind());
  }

  #watchSilence(): void {
    this.#cancelSilence();
    if (this.#leader || this.#rooms.length === 0 || this.#abort.signal.aborted) return;
    this.#cancelSilence = this.#options.environment.clock.after(silentMs, () => void this.#compete(true));
  }
}
