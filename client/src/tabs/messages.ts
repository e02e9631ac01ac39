/** What tabs of one browser say to each other. */
import type { ConnectionState, LinkNews } from "../connection/link.ts";

export type TabMessage =
  /** A tab wants just these rooms; with none, it is gone or has no watcher. Said again whenever the leader asks. */
  | { readonly type: "want"; readonly tab: string; readonly rooms: readonly string[] }
  /** Somebody pressed "try again". */
  | { readonly type: "restart" }
  /** The time for the next attempt has come: the timers of a leader that is hidden run late. */
  | { readonly type: "remind" }
  /** The leader lives. `isNew`: it has just become the leader. */
  | { readonly type: "beat"; readonly leader: string; readonly isNew: boolean }
  | LeaderMessage;

/** What comes from the leader's connection, numbered, so that a gap shows. */
export interface LeaderMessage {
  readonly type: "told";
  readonly leader: string;
  readonly number: number;
  readonly state: ConnectionState;
  readonly news: LinkNews | undefined;
  /** The position before the news: whoever has another missed something. */
  readonly since: string | undefined;
  /** The position after it. */
  readonly position: string | undefined;
}
