/** What the life of a live client has in common on both transports: how long it may stay, and as whom. */
import {
  type CloseReason,
  closeOf,
  FaultlineError,
  type MemberChange,
  type Principal,
} from "@faultline/contract";
import type { MemberChanges } from "../access/changes.ts";
import type { Agenda, Due } from "../base/agenda.ts";
import { type Clock, isoTime } from "../base/clock.ts";
import { within } from "../base/deadline.ts";
import type { Dispatch } from "../dispatch/dispatch.ts";
import type { Subscriber } from "../dispatch/subscriber.ts";
import type { Session } from "../session.ts";

export interface Connection {
  /** Who the client is just now. */
  readonly principal: Principal;
  /** Begins to hold the client to its token and its member, which may end it at once. MUST be called once. */
  begin(): void;
  /**
   * Goes on as `principal`, whose token is fresh; gives the names of the rooms that it may stay in, and leaves the
   * others. Rejects, and nothing has changed, when that can't be found out or `principal` is somebody else.
   */
  renew(principal: Principal): Promise<readonly string[]>;
  /** Holds the client to a change of its member that its token does not know of. */
  hold(change: MemberChange): Promise<void>;
  /** Tells the client the relay's own news. */
  tell(name: string, data: unknown): void;
  /** Tells the client why, and how long to stay away, and ends the connection. Calling it again does nothing. */
  close(reason: CloseReason, retryAfterMs?: number): void;
  /** The transport is done with: nothing is owed to the client any more. */
  end(): void;
}

/** What a transport hands over. */
export interface Peer {
  readonly principal: Principal;
  readonly subscriber: Subscriber;
  readonly session: Session;
}

export interface ConnectionTiming {
  /** How long before its token expires a client is told. */
  readonly noticeMs: number;
  /** How often a socket is asked for a sign of life, and how long it may take to give one. */
  readonly pingMs: number;
  /** How long a client may take to show a token that knows of a change of its member. */
  readonly renewMs: number;
  /** How old a connection may become. */
  readonly lifeMs: number;
}

/** Cloud Run ends every request after 60 minutes; Firebase's clients get a fresh token 5 minutes before the old one ends. */
export const connectionTiming: ConnectionTiming = {
  noticeMs: 180_000,
  pingMs: 10_000,
  renewMs: 60_000,
  lifeMs: 55 * 60_000,
};

/** How much of its life a connection may lose, so that those that began together do not end together. */
const lifeJitter = 0.1;

/** How long it may take to find out which rooms a change of the member leaves. */
const holdMs = 500;

/** The same for all, so that each has but one more object to point to. */
export interface ConnectionOptions {
  readonly clock: Clock;
  readonly agenda: Agenda;
  readonly dispatch: Pick<Dispatch, "sendTo">;
  readonly changes: Pick<MemberChanges, "recent">;
  readonly timing: ConnectionTiming;
  /** Called once, when the connection is over. */
  readonly ended: (connection: Connection) => void;
}

export function createConnection(peer: Peer, options: ConnectionOptions): Connection {
  return new TimedConnection(peer, options);
}

class TimedConnection implements Connection, Due {
  dueAt = 0;
  place = -1;
  readonly #subscriber: Subscriber;
  readonly #session: Session;
  readonly #options: ConnectionOptions;
  /** When the connection is as old as it may become. */
  readonly #endsAt: number;
  #principal: Principal;
  #expiresAt = Number.POSITIVE_INFINITY;
  /** Infinity once the client has been told. */
  #noticeAt = Number.POSITIVE_INFINITY;
  #isOver = false;

  constructor({ principal, subscriber, session }: Peer, options: ConnectionOptions) {
    this.#subscriber = subscriber;
    this.#session = session;
    this.#options = options;
    this.#principal = principal;
    const { clock, timing } = options;
    this.#endsAt = clock.now() + timing.lifeMs * (1 - Math.random() * lifeJitter);
  }

  begin(): void {
    this.#begin(this.#principal);
  }

  get principal(): Principal {
    return this.#principal;
  }

  async renew(principal: Principal): Promise<readonly string[]> {
    this.#assertSame(principal);
    const rooms = await this.#session.readmit(principal);
    this.#begin(principal);
    return rooms;
  }

  async hold({ organizationId, claims }: MemberChange): Promise<void> {
    if (claims === null) return this.close("access-revoked");
    const { uid, name, issuedAt, expiresAt } = this.#principal;
    const isSameTenant = organizationId === this.#principal.organizationId;
    // A stream has no way to show another token.
    if (!isSameTenant || this.#subscriber.transport === "stream") return this.close("access-changed");
    this.#principal = { uid, ...(name !== undefined && { name }), issuedAt, expiresAt, ...claims };
    try {
      await within(holdMs, this.#session.readmit(this.#principal));
      const { clock, timing } = this.#options;
      this.#expireAt(Math.min(expiresAt * 1_000, clock.now() + timing.renewMs), { noticeNow: true });
    } catch {
      // Which rooms are still permitted can't be found out in time: then none is.
      this.close("access-changed");
    }
  }

  tell(name: string, data: unknown): void {
    if (!this.#isOver) this.#options.dispatch.sendTo(this.#subscriber, { name, data });
  }

  close(reason: CloseReason, retryAfterMs?: number): void {
    if (this.#isOver) return;
    this.tell("session:closed", closeOf(reason, retryAfterMs));
    this.end();
    this.#subscriber.close(reason);
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#options.agenda.strike(this);
    this.#session.end();
    this.#options.ended(this);
  }

  act(): void {
    const now = this.#options.clock.now();
    if (now >= this.#expiresAt) this.close("token-expired");
    else if (now >= this.#endsAt) this.close("rotation");
    else if (now >= this.#noticeAt) {
      this.#noticeAt = Number.POSITIVE_INFINITY;
      this.tell("session:expiring", { expiresAt: isoTime(this.#expiresAt) });
    }
    this.#await();
  }

  #assertSame({ uid, organizationId }: Principal): void {
    if (uid === this.#principal.uid && organizationId === this.#principal.organizationId) return;
    const message = "token: This is another member's; open a connection of its own.";
    throw new FaultlineError("token-invalid", message, { field: "token" });
  }

  /** The member may have changed between the check of the token and now. */
  #begin(principal: Principal): void {
    this.#principal = principal;
    this.#expireAt(principal.expiresAt * 1_000);
    const change = this.#options.changes.recent(principal);
    if (change) void this.hold(change);
  }

  /** Notice is given at half of what is left at the soonest: a token that never lives for long would be renewed in a circle. */
  #expireAt(time: number, { noticeNow = false } = {}): void {
    const { clock, timing } = this.#options;
    const now = clock.now();
    const leftMs = time - now;
    this.#expiresAt = time;
    this.#noticeAt = noticeNow ? now : now + Math.max(leftMs - timing.noticeMs, leftMs / 2, 0);
    this.#await();
  }

  #await(): void {
    if (!this.#isOver)
      this.#options.agenda.put(this, Math.min(this.#noticeAt, this.#expiresAt, this.#endsAt));
  }
}
