/** A connection of this page's own: does what follows from the state of the machine, and tells the machine what happens. */
import type { ErrorBody, FaultlineEvent } from "@faultline/contract";
import { type Cancel, watchSleep } from "../base/clock.ts";
import type { Environment } from "../base/environment.ts";
import { Value } from "../base/store.ts";
import { type GetToken, readToken } from "../base/token.ts";
import {
  type Connection,
  connectionTimes,
  type Input,
  initialConnection,
  type Transport,
} from "./connection.ts";
import { type Failure, silence } from "./failure.ts";
import type { Joined, Line, LineListener, OpenLine } from "./line.ts";
import { type ConnectionState, isSameState, type Link, type LinkNews, stateOf } from "./link.ts";
import { step } from "./machine.ts";
import { canOpen } from "./probe.ts";

export interface DirectOptions {
  readonly relay: string;
  readonly getToken: GetToken;
  readonly environment: Environment;
  readonly lines: Readonly<Record<Transport, OpenLine>>;
  readonly onNews: (news: LinkNews) => void;
  /** Where an earlier connection left off. */
  readonly since?: string | undefined;
}

export function createDirectLink(options: DirectOptions): Link {
  return new DirectLink(options);
}

class DirectLink implements Link {
  readonly #options: DirectOptions;
  readonly #view: Value<ConnectionState>;
  #connection: Connection;
  #line: Line | undefined;
  #rooms: readonly string[] = [];
  #position: string | undefined;
  /** Events that still come before the position that the relay gave with its answer. */
  #replay: { left: number; readonly position: string } | undefined;
  /** The position at which the relay gave up on what was missed; it says so twice. */
  #lostAt: string | undefined;
  #timer: { readonly at: number; readonly cancel: Cancel } | undefined;
  #cancelWatches: readonly Cancel[] = [];
  #renewedAt = Number.NEGATIVE_INFINITY;
  #cancelRenewal: Cancel = () => {};

  constructor(options: DirectOptions) {
    this.#options = options;
    this.#position = options.since;
    this.#connection = initialConnection(options.environment.clock.now());
    this.#view = new Value(stateOf(this.#connection));
  }

  get state() {
    return this.#view;
  }

  get position(): string | undefined {
    return this.#position;
  }

  want(rooms: readonly string[]): void {
    this.#rooms = rooms;
    if (rooms.length === 0) {
      // Whoever is in no room has nothing that could be gone on with.
      this.#position = undefined;
      this.#feed({ type: "stop" });
    } else if (this.#connection.phase === "idle") this.#feed({ type: "start" });
    else if (this.#line?.setRooms(rooms) === false) this.#feed({ type: "reshaped" });
  }

  restart(): void {
    const { phase, until } = this.#connection;
    if (phase === "closed") this.#feed({ type: "start" });
    else if ((phase === "waiting" || phase === "offline") && until !== undefined) this.#feed({ type: "due" });
  }

  remind(): void {
    const { retryAt } = this.#view.getSnapshot();
    if (retryAt !== undefined && retryAt <= this.#options.environment.clock.now())
      this.#feed({ type: "due" });
  }

  close(): void {
    this.#feed({ type: "close" });
  }

  #feed(input: Input): void {
    const { clock, random } = this.#options.environment;
    const before = this.#connection;
    const next = step(before, input, { now: clock.now(), random });
    if (next === before) return;
    this.#connection = next;
    if (!hasLine(next) || next.line !== before.line) this.#drop();
    this.#schedule();
    this.#watch();
    if (next.line !== before.line) void this.#open(next);
    const view = stateOf(next);
    if (!isSameState(view, this.#view.getSnapshot())) this.#view.set(view);
  }

  #drop(): void {
    this.#cancelRenewal();
    this.#line?.close();
    this.#line = undefined;
    this.#replay = undefined;
  }

  async #open({ line, transport, needsFresh }: Connection): Promise<void> {
    const { relay, environment, lines } = this.#options;
    const isCurrent = () => this.#connection.line === line && this.#connection.phase === "connecting";
    const token = await this.#token(needsFresh);
    if (!isCurrent()) return;
    if (token === undefined) {
      this.#feed({ type: "failed", failure: silence("token-unavailable") });
      return;
    }
    const { clock, fetch } = environment;
    const request = { relay, token, rooms: this.#rooms, since: this.#position, clock, fetch };
    this.#line = lines[transport](request, this.#listen());
  }

  async #token(fresh: boolean): Promise<string | undefined> {
    try {
      const token = await this.#options.getToken(fresh);
      const member = readToken(token);
      if (member) this.#options.onNews({ type: "member", member });
      return token;
    } catch {
      return undefined;
    }
  }

  #listen(): LineListener {
    const { onNews } = this.#options;
    return {
      opened: () => this.#feed({ type: "opened" }),
      joined: (answer) => this.#enter(answer),
      refused: (room: string, error: ErrorBody) => onNews({ type: "refused", room, error }),
      reached: (position) => {
        this.#position = position;
      },
      told: (name, data) => this.#take(name, data),
      failed: (failure: Failure) => this.#feed({ type: "failed", failure }),
    };
  }

  /** What was missed comes after the answer, and must have come before its position counts. */
  #enter({ rooms, isWhole, position, replayed }: Joined): void {
    if (position !== undefined) {
      this.#replay = replayed > 0 ? { left: replayed, position } : undefined;
      if (!this.#replay) this.#position = position;
      if (!isWhole) this.#lostAt = position;
    }
    this.#options.onNews({ type: "joined", rooms, isWhole });
    this.#feed({ type: "joined" });
  }

  #take(name: string, data: unknown): void {
    if (isEvent(name, data)) this.#deliver(data);
    else if (name === "sync:lost") this.#lose((data as { readonly position: string }).position);
    else if (name === "session:expiring") this.#renewInTime();
    else if (name === "relay:stale") this.#feed({ type: "stale" });
    else if (name === "relay:fresh") this.#feed({ type: "fresh" });
    else if (name === "relay:draining") {
      const { reconnectAfterMs } = data as { readonly reconnectAfterMs: number };
      this.#feed({ type: "draining", afterMs: reconnectAfterMs });
    }
  }

  #deliver(event: FaultlineEvent): void {
    if (event.id !== undefined) {
      this.#position = event.id;
      if (this.#replay) {
        this.#replay.left -= 1;
        if (this.#replay.left === 0) {
          this.#position = this.#replay.position;
          this.#replay = undefined;
        }
      }
    }
    this.#options.onNews({ type: "event", event });
  }

  #lose(position: string): void {
    this.#position = position;
    this.#replay = undefined;
    if (this.#lostAt === position) return;
    this.#lostAt = position;
    this.#options.onNews({ type: "lost" });
  }

  /** Tokens that never live for long must not be asked for in a circle. */
  #renewInTime(): void {
    const { clock } = this.#options.environment;
    const { line } = this.#connection;
    const waitMs = this.#renewedAt + connectionTimes.renewMs - clock.now();
    this.#cancelRenewal();
    if (waitMs > 0) this.#cancelRenewal = clock.after(waitMs, () => void this.#renew(line));
    else void this.#renew(line);
  }

  /** Should no fresh token be had now, the relay ends the line, and the next attempt asks for one. */
  async #renew(line: number): Promise<void> {
    this.#renewedAt = this.#options.environment.clock.now();
    const token = await this.#token(true);
    const isCurrent = () => this.#connection.line === line;
    if (token === undefined || !this.#line || !isCurrent()) return;
    const outcome = await this.#line.authenticate(token);
    if (outcome !== "renewed" && isCurrent()) this.#feed({ type: "expiring" });
  }

  /** One timer: for the end of the phase, or for a look whether WebSockets work. */
  #schedule(): void {
    const { clock } = this.#options.environment;
    const { until, probeAt } = this.#connection;
    const at = until ?? probeAt;
    if (at === this.#timer?.at) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (at === undefined) return;
    const act = () => {
      this.#timer = undefined;
      if (until !== undefined) this.#feed({ type: "due" });
      else void this.#probe();
    };
    this.#timer = { at, cancel: clock.after(Math.max(at - clock.now(), 0), act) };
  }

  /** Whether WebSockets work by now. */
  async #probe(): Promise<void> {
    const { relay, environment, lines } = this.#options;
    const { line } = this.#connection;
    const isCurrent = () => this.#connection.line === line;
    const token = await this.#token(false);
    if (!isCurrent()) return;
    const works = token !== undefined && (await canOpen(lines.socket, { relay, token, ...environment }));
    if (isCurrent()) this.#feed({ type: "probed", works });
  }

  /** The network and sleep matter only while the connection is wanted. */
  #watch(): void {
    const { clock, watchNetwork } = this.#options.environment;
    const { phase } = this.#connection;
    const isWanted = phase !== "idle" && phase !== "closed";
    if (isWanted === this.#cancelWatches.length > 0) return;
    for (const cancel of this.#cancelWatches) cancel();
    this.#cancelWatches = isWanted
      ? [
          watchNetwork((isOnline) => this.#feed({ type: isOnline ? "online" : "offline" })),
          watchSleep(clock, () => this.#feed({ type: "woke" })),
        ]
      : [];
  }
}

function hasLine({ phase }: Connection): boolean {
  return phase === "connecting" || phase === "recovering" || phase === "live";
}

/** An event is told under its type. */
function isEvent(name: string, data: unknown): data is FaultlineEvent {
  return typeof data === "object" && data !== null && "type" in data && data.type === name;
}
