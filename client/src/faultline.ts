/** The client: one connection, one cache, and everything that is watched through them. */
import type { ErrorBody, EventType, FaultlineEvent, Principal } from "@faultline/contract";
import { type Api, createApi } from "./api/api.ts";
import { type Environment, systemEnvironment } from "./base/environment.ts";
import { Refusal, Unreachable } from "./base/refusal.ts";
import type { Store } from "./base/store.ts";
import { type GetToken, isSameMember, isSameUser, readToken } from "./base/token.ts";
import { createDirectLink } from "./connection/direct.ts";
import type { ConnectionState } from "./connection/link.ts";
import { openSocketLine } from "./connection/socket.ts";
import { openStreamLine } from "./connection/stream.ts";
import { IssueCache } from "./issues/cache.ts";
import { filterKey } from "./issues/filter.ts";
import { createIssueWatch, type IssueSnapshot } from "./issues/issue.ts";
import { createIssuesWatch, type IssueDeps, type IssuesFilter, type WatchedIssues } from "./issues/issues.ts";
import { openOutbox } from "./issues/outbox.ts";
import { type PendingWrite, WriteQueue } from "./issues/queue.ts";
import { createWrites, type IssueWrites } from "./issues/writes.ts";
import { createListeners, type Subscription } from "./live/events.ts";
import {
  createHeatmapWatch,
  createStatsWatch,
  type HeatmapSnapshot,
  type StatsSnapshot,
} from "./live/heat.ts";
import { createHub, type Hub } from "./live/hub.ts";
import { isToldIn, type PlaceFilter } from "./live/rooms.ts";
import type { Watch, Watched, WatchSnapshot } from "./live/watch.ts";
import { createLink } from "./tabs/link.ts";

export interface FaultlineOptions {
  /** The API's address, such as "https://faultline.example/api". */
  readonly api: string;
  /** The relay's address, such as "https://relay.faultline.example". */
  readonly relay: string;
  readonly getToken: GetToken;
  /** Told of a write from before a reload that the server refused; nothing else tells of it. */
  readonly onRefused?: (write: PendingWrite, error: Refusal) => void;
  /** What differs from where the client runs: time, randomness, network, tabs, storage. */
  readonly environment?: Partial<Environment>;
}

/** Everything that is told under a type. */
export type EventOf<T extends EventType> = Extract<FaultlineEvent, { type: T }>;

export interface Faultline {
  /** The API alone, each call as it is: nothing is shown before it is answered. */
  readonly api: Api;
  /** Writes that show at once and outlast being offline. */
  readonly issues: IssueWrites;
  /** Whether what is watched is live just now, and if not, why. */
  readonly connection: Store<ConnectionState>;
  /** Writes that are not answered yet. */
  readonly pending: Store<readonly PendingWrite[]>;
  /** Takes back a write that waits; false when it is too late for that. */
  discard(key: string): boolean;
  /** Who the user is, as the token says. */
  member(): Promise<Principal>;
  /** The issues that match a filter. The same filter gives the same object. */
  watchIssues(filter?: IssuesFilter): WatchedIssues;
  watchIssue(id: string): Watched<IssueSnapshot>;
  /** The heat cells of the organization, or of a campus. */
  watchHeatmap(filter?: Pick<PlaceFilter, "campusId">): Watched<HeatmapSnapshot>;
  /** The stats of the organization, a campus or a building. */
  watchStats(filter?: PlaceFilter): Watched<StatsSnapshot>;
  /**
   * Joins rooms, such as "building:library", and hears all that happens in them from then on; `onMissed` is called when
   * something was missed that can't be told any more.
   */
  subscribe(
    rooms: readonly string[],
    listener?: (event: FaultlineEvent) => void,
    onMissed?: () => void,
  ): Subscription;
  /** Hears the events of a type in all rooms that anything is subscribed to; gives the way to end that. */
  on<T extends EventType>(type: T, listener: (event: EventOf<T>) => void): () => void;
  /** Tries to connect now, also after the connection was closed for good. */
  reconnect(): void;
  /** Ends everything. Writes that are not sent reject; those that are kept are sent by the user's next client. */
  close(): void;
}

/**
 * Nothing is connected before something is watched.
 *
 * @example
 * ```ts
 * const faultline = createFaultline({
 *   api: "https://faultline.example/api",
 *   relay: "https://relay.faultline.example",
 *   getToken: (fresh) => user.getIdToken(fresh),
 * });
 * ```
 */
export function createFaultline(options: FaultlineOptions): Faultline {
  return new Client(options).door;
}

/** So many are remembered, should they be asked for again; those to which somebody listens in any case. */
const mostWatches = 100;

/** What the servers say of such a token, too. */
const notAMember: ErrorBody = {
  code: "permission-denied",
  reason: "organization-missing",
  status: 403,
  message: "The ID token names no organization; ask an admin to make you a member.",
  retry: false,
};

class Client {
  readonly door: Faultline;
  readonly #api: string;
  readonly #environment: Environment;
  readonly #getToken: GetToken;
  readonly #queue: WriteQueue;
  readonly #cache = new IssueCache();
  readonly #hub: Hub;
  readonly #deps: Omit<IssueDeps, "onRunning">;
  readonly #watches = new Map<string, Watch<WatchSnapshot>>();
  readonly #running = new Set<Watch<WatchSnapshot>>();
  readonly #listeners = createListeners((buildingId) => this.#campusOf(buildingId));
  /** By building. */
  readonly #campuses = new Map<string, string>();
  #member: Principal | undefined;

  constructor({ api: address, relay, getToken, onRefused, environment: parts }: FaultlineOptions) {
    this.#api = address;
    this.#environment = { ...systemEnvironment(), ...parts };
    const { clock, random, fetch, watchNetwork } = this.#environment;
    this.#getToken = getToken;
    const api = createApi({ api: address, getToken, fetch });
    this.#hub = this.#createHub(relay);
    const member = () => this.#who();
    this.#deps = { api, hub: this.#hub, cache: this.#cache, clock, random, member };
    const ownApi = createApi({ api: address, getToken: (fresh) => this.#ownToken(fresh), fetch });
    const uid = () => this.#member?.uid;
    const queue = new WriteQueue({ ...this.#deps, api: ownApi, uid, onRefused });
    this.#queue = queue;
    const hurry = () => {
      this.#meet();
      queue.hurry();
    };
    const endNetwork = watchNetwork((isOnline) => isOnline && hurry());
    this.#hub.state.subscribe(() => {
      if (this.#hub.state.getSnapshot().phase === "live") hurry();
    });
    this.#meet();
    this.door = {
      api,
      issues: createWrites({
        queue,
        clock,
        member,
        campusOf: (id) => this.#campusOf(id),
      }),
      connection: this.#hub.state,
      pending: queue.pending,
      discard: (key) => queue.discard(key),
      member,
      ...this.#doors(),
      reconnect: () => this.#hub.restart(),
      close: () => {
        endNetwork();
        queue.close();
        for (const watch of [...this.#running]) watch.stop();
        this.#hub.close();
      },
    };
  }

  #doors(): Pick<
    Faultline,
    "watchIssues" | "watchIssue" | "watchHeatmap" | "watchStats" | "subscribe" | "on"
  > {
    return {
      watchIssues: (filter = {}) =>
        this.#watch(`issues ${filter.limit} ${filterKey(filter)}`, (deps) => createIssuesWatch(deps, filter)),
      watchIssue: (id) => this.#watch(`issue ${id}`, (deps) => createIssueWatch(deps, id)),
      watchHeatmap: (filter = {}) =>
        this.#watch(`heatmap ${filter.campusId}`, (deps) => createHeatmapWatch(deps, filter)),
      watchStats: (filter = {}) =>
        this.#watch(`stats ${filter.campusId} ${filter.buildingId}`, (deps) =>
          createStatsWatch(deps, filter),
        ),
      subscribe: (...request) => this.#listeners.subscribe(this.#hub, ...request),
      on: (type, listener) => this.#listeners.on(type, listener),
    };
  }

  #createHub(relay: string): Hub {
    const environment = this.#environment;
    return createHub({
      clock: environment.clock,
      connect: (onNews) =>
        createLink({
          relay,
          environment,
          member: () => this.#who(),
          onNews,
          open: (onNews, since) =>
            createDirectLink({
              relay,
              getToken: this.#getToken,
              environment,
              lines: { socket: openSocketLine, stream: openStreamLine },
              onNews,
              since,
            }),
        }),
      onEvent: (event) => {
        if ("issue" in event.data) this.#cache.take(event as EventOf<"issue:updated">);
        this.#listeners.tell(event);
      },
      onLeft: (rooms) => this.#cache.keep((issue) => [...rooms].some((room) => isToldIn(room, issue))),
      onMember: (member) => this.#know(member),
    });
  }

  /** What is asked for again, say by another component, is the same watch. */
  #watch<W extends Watch<WatchSnapshot>>(key: string, create: (deps: IssueDeps) => W): W {
    const known = this.#watches.get(key);
    if (known) return known as W;
    const onRunning = (isRunning: boolean) => {
      if (isRunning) this.#running.add(watch);
      else this.#running.delete(watch);
    };
    const watch = create({ ...this.#deps, onRunning });
    this.#watches.set(key, watch);
    for (const [oldest, other] of this.#watches) {
      if (this.#watches.size <= mostWatches) break;
      if (!this.#running.has(other) && other !== watch) this.#watches.delete(oldest);
    }
    return watch;
  }

  /** What was written before a reload is shown, and sent, without anybody's asking: so who the user is has to be known. */
  #meet(): void {
    if (this.#environment.storage && !this.#member) void this.#who().catch(() => {});
  }

  /** What may be seen has changed with the member: everything is fetched anew, from other rooms perhaps. */
  #know(member: Principal): void {
    const before = this.#member;
    this.#member = member;
    if (before && !isSameUser(before, member)) this.#queue.leave();
    if (!before || !isSameUser(before, member)) void this.#openOutbox(member);
    if (before && !isSameMember(before, member)) for (const watch of [...this.#running]) watch.restart();
  }

  /** Where storage or locks are not to be had, writes live as long as the page. */
  async #openOutbox(member: Principal): Promise<void> {
    const { tabs, storage } = this.#environment;
    if (!tabs || !storage) return;
    const owner = JSON.stringify([this.#api, member.organizationId, member.uid]);
    const outbox = await openOutbox({ storage, locks: tabs.locks, owner }).catch(() => undefined);
    if (!outbox) return;
    if (this.#member && isSameUser(this.#member, member)) await this.#queue.open(outbox);
    else outbox.close();
  }

  async #who(): Promise<Principal> {
    if (this.#member) return this.#member;
    const member = readToken(await this.#token());
    if (!member) throw new Refusal(notAMember);
    this.#know(member);
    return member;
  }

  async #token(): Promise<string> {
    try {
      return await this.#getToken(false);
    } catch (cause) {
      throw new Unreachable("There is no token just now.", { cause });
    }
  }

  /** What one user wrote is not sent as another. */
  async #ownToken(fresh: boolean): Promise<string> {
    const token = await this.#getToken(fresh);
    const member = readToken(token);
    if (!member || !this.#member || isSameUser(member, this.#member)) return token;
    this.#know(member);
    throw new Unreachable("Another user has signed in.");
  }

  /** Undefined as long as no issue of the building was seen. */
  #campusOf(buildingId: string): string | undefined {
    for (const id of this.#cache.ids()) {
      if (this.#campuses.has(buildingId)) break;
      const issue = this.#cache.truth(id);
      if (issue) this.#campuses.set(issue.buildingId, issue.campusId);
    }
    return this.#campuses.get(buildingId);
  }
}
