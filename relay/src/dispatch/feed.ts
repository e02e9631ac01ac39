/**
 * What is posted of one organization, and how much of it each of its subscribers has got. Nobody is given anything when it
 * is posted: whoever is visited gets all that came since the visit before, in one write. So an event costs next to nothing
 * until it is written, and the fuller the relay's hands, the fewer its writes.
 */
import type { Batch } from "./batch.ts";
import type { Audience, Post } from "./post.ts";
import type { Subscriber } from "./subscriber.ts";

/**
 * A subscriber's place in its organization's feed. Dispatch alone sets it. It is part of the subscriber, so that a visit touches
 * one object less, of ten thousand that are not in the cache.
 */
export interface Seat {
  /** Undefined while it is in no room. */
  feed: Feed | undefined;
  /** How many rooms it is in. */
  rooms: number;
  /** The number of the post that it has not been visited for. */
  next: number;
}

export class Feed {
  /** Those that not everybody has got, and some of those that everybody has; the first has the number `#first`. */
  readonly #posts: Post[] = [];
  #first = 0;
  /** How many subscribers have a seat. */
  seats = 0;

  /** The number of the next post. */
  get end(): number {
    return this.#first + this.#posts.length;
  }

  add(post: Post): void {
    this.#posts.push(post);
  }

  /** Lets go of what everybody has got. */
  trim(): void {
    while (this.#posts[0]?.isSent) {
      this.#posts.shift();
      this.#first += 1;
    }
  }

  /**
   * What came for a subscriber since it was visited, and that it was; undefined for nothing. It MUST be called before it enters
   * a room or leaves one: whether a post is for it is only found out now. `audience` is one that it is known to be in.
   */
  take(subscriber: Subscriber, audience?: Audience): Batch | undefined {
    let batch: Batch | undefined;
    for (let at = Math.max(subscriber.next - this.#first, 0); at < this.#posts.length; at++) {
      const post = this.#posts[at];
      if (post?.isFor(subscriber, audience)) batch = post.take(subscriber.transport, batch);
    }
    subscriber.next = this.end;
    return batch;
  }
}
