/** The connection of a page: shared with the browser's other tabs where that is possible, else its own. */
import type { Principal } from "@faultline/contract";
import type { Environment } from "../base/environment.ts";
import { type Store, Value } from "../base/store.ts";
import { initialConnection } from "../connection/connection.ts";
import { type ConnectionState, type Link, type LinkNews, stateOf } from "../connection/link.ts";
import { createSharedLink } from "./shared.ts";

export interface LinkOptions {
  readonly relay: string;
  readonly environment: Environment;
  /** Only tabs of the same user share. */
  readonly member: () => Promise<Principal>;
  readonly onNews: (news: LinkNews) => void;
  readonly open: (onNews: (news: LinkNews) => void, since?: string) => Link;
}

export function createLink(options: LinkOptions): Link {
  const { environment, onNews, open } = options;
  return environment.tabs ? new LaterLink(environment, () => openShared(options)) : open(onNews);
}

/** Who has no token can't tell whose tabs to share with; the connection's own attempts will ask for one again. */
async function openShared({ relay, environment, member, onNews, open }: LinkOptions): Promise<Link> {
  const { tabs } = environment;
  const who = await member().catch(() => undefined);
  if (!tabs || !who) return open(onNews);
  const name = `faultline ${relay} ${who.organizationId} ${who.uid}`;
  return createSharedLink({ name, tabs, environment, open, onNews });
}

/** A link that is opened when it is wanted. */
class LaterLink implements Link {
  readonly #open: () => Promise<Link>;
  readonly #view: Value<ConnectionState>;
  #link: Link | undefined;
  #rooms: readonly string[] = [];
  #isOpening = false;
  #isClosed = false;

  constructor({ clock }: Pick<Environment, "clock">, open: () => Promise<Link>) {
    this.#open = open;
    this.#view = new Value(stateOf(initialConnection(clock.now())));
  }

  get state(): Store<ConnectionState> {
    return this.#view;
  }

  get position(): string | undefined {
    return this.#link?.position;
  }

  want(rooms: readonly string[]): void {
    this.#rooms = rooms;
    if (this.#link) this.#link.want(rooms);
    else if (rooms.length > 0 && !this.#isOpening) void this.#begin();
  }

  restart(): void {
    this.#link?.restart();
  }

  remind(): void {
    this.#link?.remind();
  }

  close(): void {
    this.#isClosed = true;
    this.#link?.close();
  }

  async #begin(): Promise<void> {
    this.#isOpening = true;
    const link = await this.#open();
    this.#link = link;
    const show = () => this.#view.set(link.state.getSnapshot());
    link.state.subscribe(show);
    show();
    if (this.#isClosed) link.close();
    else link.want(this.#rooms);
  }
}
