/** A client as one has to be written: it resumes where it stopped, and fetches when it is told that this is impossible. */
import { setTimeout as delay } from "node:timers/promises";
import type { Random } from "../support/random.ts";
import { type Connection, connectTo, type Transport } from "./connection.ts";
import { createJournal } from "./journal.ts";
import type { Ledger } from "./ledger.ts";
import { type OrganizationId, tokenOf } from "./organization.ts";
import { type Meddler, startProxy, type TcpProxy } from "./proxy.ts";
import { type ClientFigures, Stint } from "./stint.ts";
import { type Fetch, View } from "./view.ts";

export interface ClientOptions {
  /** Also the user that it is. */
  readonly name: string;
  readonly transport: Transport;
  readonly organizationId: OrganizationId;
  readonly rooms: readonly string[];
  /** The ports of the relays that a load balancer would choose from. */
  readonly relayPorts: () => readonly number[];
  readonly fetch: Fetch;
  readonly ledger: Ledger;
  readonly random: Random;
  /** Breaks what comes back on each connection. Default: nothing does. */
  readonly meddler?: (() => Meddler) | undefined;
}

/** How a client behaves of its own accord. */
const habits = {
  staysMs: [4_000, 30_000],
  isAwayMs: [100, 3_000],
  longAwayShare: 0.1,
  longAwayMs: [10_000, 60_000],
  /** As a page that is loaded again: without a position. */
  afreshShare: 0.15,
  /** Leaves its rooms and comes back to them on the same connection, where the transport can. */
  restShare: 0.3,
  restMs: [0, 2_000],
  backoffMs: [50, 600],
} as const;

/** Starts a client, which connects by itself. */
export async function startClient(options: ClientOptions): Promise<Client> {
  const [first] = options.relayPorts();
  let port = first ?? 0;
  const network = await startProxy({ target: () => port, meddler: options.meddler });
  return new Client(options, network, (chosen) => {
    port = chosen;
  });
}

export class Client {
  readonly options: ClientOptions;
  readonly view: View;
  /** Its road to the relays. */
  readonly network: TcpProxy;
  readonly journal = createJournal();
  readonly figures: ClientFigures = {
    connections: 0,
    deliveries: 0,
    resumes: { current: 0, replayed: 0, lost: 0 },
    replayed: 0,
    lostLive: 0,
    refetches: 0,
    dismissals: new Map(),
    latenciesMs: [],
    catchUpsMs: [],
  };
  readonly #token: string;
  readonly #choosePort: (port: number) => void;
  readonly #stopping = new AbortController();
  /** Set off when it is to come back and stay. */
  readonly #staying = new AbortController();
  readonly #running: Promise<void>;
  #connection: Connection | undefined;
  /** Undefined while it is in no room. */
  #stint: Stint | undefined;
  #isSubscribed = false;
  #awayMs = 0;

  constructor(options: ClientOptions, network: TcpProxy, choosePort: (port: number) => void) {
    this.options = options;
    this.network = network;
    this.view = new View(options.fetch, options.ledger);
    this.#token = tokenOf(options.organizationId, options.name);
    this.#choosePort = choosePort;
    this.#running = this.#run();
  }

  /** It comes back from wherever it is, and leaves no more of its own accord. */
  stay(): void {
    this.#staying.abort();
  }

  /** Whether it is subscribed just now. */
  get isSubscribed(): boolean {
    return this.#isSubscribed;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#connection?.close();
    await this.#running;
    await this.network.close();
  }

  async #run(): Promise<void> {
    const { random } = this.options;
    const { signal } = this.#stopping;
    const coming = AbortSignal.any([signal, this.#staying.signal]);
    while (!signal.aborted) {
      await this.#visit();
      await delay(this.#awayMs, undefined, { signal: coming }).catch(() => {});
      await delay(random.between(habits.backoffMs), undefined, { signal }).catch(() => {});
    }
  }

  /** One connection, from its beginning to its end. */
  async #visit(): Promise<void> {
    const { random, relayPorts } = this.options;
    const ports = relayPorts();
    const chosen = random.integer(ports.length);
    this.#choosePort(ports[chosen] ?? 0);
    this.#awayMs = 0;
    this.figures.connections += 1;
    const since = random.chance(habits.afreshShare) ? undefined : this.view.position;
    this.journal.add(`connects to relay ${chosen}${since === undefined ? "" : `, resuming from ${since}`}`);
    const leaving = new AbortController();
    const connection = this.#open(since);
    void this.#wander(connection, leaving.signal);
    this.journal.add(`is disconnected: ${await connection.ended}`);
    leaving.abort();
    // What arrived with the end has to be taken in before the next one asks for a position.
    connection.close();
    this.#settle();
  }

  #open(since: string | undefined): Connection {
    const { transport, rooms } = this.options;
    const url = `http://127.0.0.1:${this.network.port}`;
    this.#begin(since);
    const connection = connectTo(
      transport,
      { url, token: this.#token, rooms, since },
      {
        subscribed: (beginning) => {
          this.#isSubscribed = true;
          this.#stint?.begin(beginning);
        },
        event: (event) => {
          if (this.#stint) this.#stint.take(event);
          else if (connection === this.#connection)
            this.view.report("foreign", `${event.type} at ${event.id} came although it had left all rooms`);
        },
        malformed: (what) => this.view.report("foreign", what),
        lost: (position) => this.#stint?.lose(position),
        dismissed: (reason, awayMs) => this.#dismiss(reason, awayMs),
      },
    );
    this.#connection = connection;
    return connection;
  }

  #begin(since: string | undefined): void {
    const { organizationId, rooms } = this.options;
    const { view, figures, journal } = this;
    this.#stint = new Stint({ organizationId, rooms, view, figures, journal, since });
  }

  #settle(): void {
    this.#isSubscribed = false;
    this.#stint?.end();
    this.#stint = undefined;
  }

  #dismiss(reason: string, awayMs: number): void {
    const { dismissals } = this.figures;
    this.journal.add(`is told: ${reason}, come back after ${awayMs} ms`);
    dismissals.set(reason, (dismissals.get(reason) ?? 0) + 1);
    this.#awayMs = Math.max(this.#awayMs, awayMs);
  }

  /** Leaves in time, now and then only its rooms. */
  async #wander(connection: Connection, signal: AbortSignal): Promise<void> {
    const { random } = this.options;
    const pause = (range: readonly [number, number]) =>
      delay(random.between(range), undefined, { signal }).catch(() => {});
    while (!signal.aborted) {
      await pause(habits.staysMs);
      if (signal.aborted || this.#staying.signal.aborted) return;
      if (!connection.leave || !random.chance(habits.restShare)) {
        const isLong = random.chance(habits.longAwayShare);
        this.#awayMs = Math.max(this.#awayMs, random.between(isLong ? habits.longAwayMs : habits.isAwayMs));
        connection.close();
        return;
      }
      if (!this.#isSubscribed) continue;
      await connection.leave();
      if (signal.aborted) return;
      this.journal.add("leaves its rooms");
      this.#settle();
      await pause(habits.restMs);
      if (signal.aborted) return;
      this.#begin(this.view.position);
      connection.subscribe?.(this.view.position);
    }
  }
}
