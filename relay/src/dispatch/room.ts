/**
 * Who is in a room, and what of its posts not all of them have got. They are visited in a circle for as long as anything is
 * posted: whoever is visited gets all that came since the round before, in one write, and nobody waits for longer than a round
 * takes. (A sweep for each post would have them crawl one behind the other, each as fast as their number allows.)
 */
import type { Feed } from "./feed.ts";
import type { Audience, Post } from "./post.ts";
import type { Subscriber } from "./subscriber.ts";
import type { Sweep } from "./sweeper.ts";

/** Brings a subscriber, who is in `audience`, what was posted. MUST NOT throw. */
export type Visit = (subscriber: Subscriber, audience: Audience) => void;

/** A post that not everybody was visited for. */
interface Waiting {
  readonly post: Post;
  /** When it was posted: in this round, */
  readonly round: number;
  /** just after this visit; undefined before the round's first. */
  readonly after: Subscriber | undefined;
}

export class Room implements Sweep {
  readonly audience = new Set<Subscriber>();
  /** Of its organization. */
  readonly feed: Feed;
  readonly #visit: Visit;
  /** In the order of posting. */
  readonly #waiting: Waiting[] = [];
  #round = 0;
  /** Those who are still to be visited in this round; undefined before its first visit. */
  #circle: Iterator<Subscriber> | undefined;
  /** Who was visited last in this round. */
  #last: Subscriber | undefined;

  constructor(feed: Feed, visit: Visit) {
    this.feed = feed;
    this.#visit = visit;
  }

  add(post: Post): void {
    this.#waiting.push({ post, round: this.#round, after: this.#last });
  }

  goOn(visits: number): boolean {
    for (let count = 0; count < visits && this.#waiting.length > 0; count++) {
      this.#circle ??= this.audience.values();
      const { done, value } = this.#circle.next();
      if (done) this.#endRound();
      else this.#goTo(value);
    }
    const isDone = this.#waiting.length === 0;
    if (isDone) this.#endRound();
    return isDone;
  }

  /** Whoever comes after the one it was posted after was visited in that round, whoever comes before in this one. */
  #goTo(subscriber: Subscriber): void {
    // Before the visit, for what is posted meanwhile.
    this.#last = subscriber;
    this.#visit(subscriber, this.audience);
    this.#settle(({ round, after }) => round < this.#round && after === subscriber);
  }

  /** The one that a post of the round before came after may have left. */
  #endRound(): void {
    this.#settle(({ round, after }) => round < this.#round || after === undefined);
    this.#round += 1;
    this.#circle = undefined;
    this.#last = undefined;
  }

  #settle(isSwept: (waiting: Waiting) => boolean): void {
    for (let first = this.#waiting[0]; first && isSwept(first); first = this.#waiting[0]) {
      this.#waiting.shift();
      first.post.swept();
      this.feed.trim();
    }
  }
}
