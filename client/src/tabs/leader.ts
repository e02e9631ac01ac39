/** The tab that holds the connection: it wants what all tabs want, and tells them all that comes. */
import type { Cancel, Clock } from "../base/clock.ts";
import type { Link, LinkNews } from "../connection/link.ts";
import type { LeaderMessage, TabMessage } from "./messages.ts";

export interface LeaderOptions {
  readonly id: string;
  readonly clock: Clock;
  /** Where the connection goes on from. */
  readonly since: string | undefined;
  readonly open: (onNews: (news: LinkNews) => void) => Link;
  readonly post: (message: TabMessage) => void;
  /** The leader's own tab gets what the others get. */
  readonly onTold: (message: LeaderMessage) => void;
}

export interface Leader {
  /** What a tab wants, the leader's own among them. */
  want(tab: string, rooms: readonly string[]): void;
  restart(): void;
  remind(): void;
  end(): void;
}

/** How often the leader shows that it lives, and asks the others. */
export const beatMs = 10_000;

/** A tab that has not answered for so long is gone. */
const goneMs = 60_000;

interface Wish {
  readonly rooms: readonly string[];
  readonly at: number;
}

export function lead(options: LeaderOptions): Leader {
  const { id, clock, post, onTold } = options;
  const wishes = new Map<string, Wish>();
  let joined: readonly string[] = [];
  let position = options.since;
  let number = 0;
  let cancelBeat: Cancel = () => {};

  const tell = (news: LinkNews | undefined, isRepeated = false) => {
    const since = position;
    if (!isRepeated) position = link.position;
    number += 1;
    const state = link.state.getSnapshot();
    const message: LeaderMessage = { type: "told", leader: id, number, state, news, since, position };
    post(message);
    onTold(message);
  };
  const link = options.open((news) => {
    if (news.type === "joined") joined = news.rooms;
    tell(news);
  });
  const endState = link.state.subscribe(() => tell(undefined));
  const want = () => {
    const rooms = new Set([...wishes.values()].flatMap((wish) => wish.rooms));
    joined = joined.filter((room) => rooms.has(room));
    link.want([...rooms]);
  };
  const beat = () => {
    for (const [tab, { at }] of wishes) if (clock.now() - at > goneMs) wishes.delete(tab);
    want();
    post({ type: "beat", leader: id, isNew: false });
    cancelBeat = clock.after(beatMs, beat);
  };
  cancelBeat = clock.after(beatMs, beat);
  post({ type: "beat", leader: id, isNew: true });
  return {
    want(tab, rooms) {
      const before = wishes.get(tab)?.rooms ?? [];
      if (rooms.length === 0) wishes.delete(tab);
      else wishes.set(tab, { rooms, at: clock.now() });
      want();
      const isNew = rooms.some((room) => !before.includes(room));
      // A room that another tab has joined needs no joining, but this tab does not know yet.
      if (isNew && rooms.every((room) => joined.includes(room)))
        tell({ type: "joined", rooms: joined, isWhole: true }, true);
      else if (isNew) tell(undefined, true);
    },
    restart: () => link.restart(),
    remind: () => link.remind(),
    end() {
      cancelBeat();
      endState();
      link.close();
    },
  };
}
