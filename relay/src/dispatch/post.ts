/** A message on its way to its audiences. */
import { Batch } from "./batch.ts";
import type { Frame, Subscriber, Transport } from "./subscriber.ts";

/** Those who are in a room. */
export type Audience = ReadonlySet<Subscriber>;

/** How many subscribers of each transport a message went to. */
export type Reach = Readonly<Record<Transport, number>>;

export interface PostOptions {
  /** The message's. */
  readonly name: string;
  /** Whoever is in one of these gets it, */
  readonly audiences: readonly Audience[];
  /** unless in one of these. */
  readonly except: readonly Audience[];
  readonly frameOf: (transport: Transport) => Frame;
  /** Called once, when everybody has got it. */
  readonly onSent: (reach: Reach) => void;
}

export class Post {
  readonly #options: PostOptions;
  readonly #reach = { socket: 0, stream: 0 };
  readonly #batches: Record<Transport, Batch | undefined> = { socket: undefined, stream: undefined };
  #sweepsLeft: number;

  constructor(options: PostOptions) {
    this.#options = options;
    this.#sweepsLeft = options.audiences.length;
  }

  /** `audience` is one that the subscriber is known to be in: to find that out anew costs as much as the rest of a visit. */
  isFor(subscriber: Subscriber, audience?: Audience): boolean {
    const { name, audiences, except } = this.#options;
    const isMeant = (audience && audiences.includes(audience)) || isIn(audiences, subscriber);
    return isMeant && !isIn(except, subscriber) && subscriber.wants(name);
  }

  /** What is sent with this message last, after `before`, to one more subscriber. */
  take(transport: Transport, before: Batch | undefined): Batch {
    this.#reach[transport] += 1;
    if (before) return before.with(this.#options.frameOf(transport));
    this.#batches[transport] ??= new Batch(this.#options.frameOf(transport));
    return this.#batches[transport];
  }

  /** One of its audiences has been swept since it was posted. */
  swept(): void {
    this.#sweepsLeft -= 1;
    if (this.isSent) this.#options.onSent(this.#reach);
  }

  /** Whether everybody has got it. */
  get isSent(): boolean {
    return this.#sweepsLeft === 0;
  }
}

function isIn(audiences: readonly Audience[], subscriber: Subscriber): boolean {
  for (const audience of audiences) if (audience.has(subscriber)) return true;
  return false;
}
