/** What a client that is connected says, and what it is answered: the same on both fronts. */
import {
  type AuthenticateAck,
  type ErrorBody,
  FaultlineError,
  type Principal,
  type SubscribeAck,
  type UnsubscribeAck,
} from "@faultline/contract";
import type { Verifier } from "@faultline/identity";
import type { Logger } from "pino";
import { isoTime } from "../base/clock.ts";
import { jittered } from "../base/jitter.ts";
import type { Connection } from "../connections/connection.ts";
import type { Connections } from "../connections/connections.ts";
import { refusalOf } from "../http/refusal.ts";
import { type Account, type Logged, openAccount } from "../metrics/account.ts";
import { type DisconnectReason, type MessageName, messageNames } from "../metrics/metrics.ts";
import { createSession, type Session, type SessionServices } from "../session.ts";
import { parseAuthenticate, parseSubscribe, parseUnsubscribe } from "./requests.ts";
import { SocketSubscriber } from "./subscriber.ts";
import { Turns } from "./turns.ts";
import type { Way } from "./way.ts";

export interface ConversationOptions {
  readonly verify: Verifier;
  readonly services: SessionServices;
  readonly connections: Connections;
  readonly logger: Logger;
  /** How many bytes may wait for a client. Default `outboxBytes`. */
  readonly bufferBytes?: number | undefined;
}

interface Refusal {
  readonly ok: false;
  readonly error: ErrorBody;
}

type Answer = SubscribeAck | UnsubscribeAck | AuthenticateAck | Refusal;

/** Writes the answer to one message. */
export type Ack = (answer: Answer) => void;

/** The most messages of one connection that wait for their answer. */
const mostWaiting = 64;

/** How long whoever has sent far too much should stay away at least. */
const abuseMs = 5_000;

/** Begins when the client has been told that it is connected. */
export class Conversation implements Logged {
  readonly #way: Way;
  readonly #options: ConversationOptions;
  readonly #account: Account;
  readonly #subscriber: SocketSubscriber;
  readonly #session: Session;
  readonly #connection: Connection;
  readonly #turns = new Turns(mostWaiting);

  constructor(way: Way, principal: Principal, options: ConversationOptions) {
    this.#way = way;
    this.#options = options;
    const { services, connections, bufferBytes } = options;
    const { metrics } = services;
    this.#account = openAccount({ transport: "socket", metrics, of: this });
    this.#subscriber = new SocketSubscriber(way, {
      account: this.#account,
      metrics,
      bufferBytes,
      onOverflow: () => this.#connection.close("slow-consumer"),
    });
    this.#session = createSession(services, principal, this.#subscriber);
    this.#connection = connections.open({
      principal,
      subscriber: this.#subscriber,
      session: this.#session,
    });
  }

  /** Answers a message of the client, in its turn. What has another name is no message of ours, and is ignored. */
  receive(name: unknown, request: unknown, ack: Ack): void {
    const retryAfterMs = this.#way.takeMessage();
    const known = messageNames.find((message) => message === name);
    if (!known) return;
    const answer = this.#inOrder(ack);
    const limit = (message: string, options?: { readonly retryAfterMs: number }) =>
      this.#refuse(known, new FaultlineError("rate-limited", message, options), answer);
    if (retryAfterMs > 0) limit("You send more than you may; wait.", { retryAfterMs });
    else if (!this.#turns.take(() => this.#answer(known, request, answer)))
      limit("Too many messages at once; await the answers.");
  }

  /** Something came over the line. Whoever asks on without reading the answers is slow, too. */
  heard(): void {
    this.#subscriber.check();
  }

  /** The client sends on far beyond what it may. */
  abused(): void {
    this.#connection.close("rate-limited", jittered(abuseMs));
  }

  /** What came is no message of the protocol. */
  invalid(): void {
    this.#connection.close("message-invalid");
  }

  /** The same, and the line ends by itself. */
  broken(): void {
    this.#account.close("message-invalid");
  }

  /** The line is over, or the client has left. */
  end(reason: DisconnectReason): void {
    this.#connection.end();
    this.#account.settle(reason, this.#subscriber.sentBytes);
  }

  async #answer(name: MessageName, request: unknown, ack: Ack): Promise<void> {
    try {
      await this.#act(name, request, ack);
      this.#options.services.metrics.received(name, "ok");
    } catch (error) {
      this.#refuse(name, error, ack);
    }
  }

  async #act(name: MessageName, request: unknown, ack: Ack): Promise<void> {
    switch (name) {
      case "subscribe":
        return this.#subscribe(request, ack);
      case "unsubscribe":
        return ack({ ok: true, rooms: this.#session.unsubscribe(parseUnsubscribe(request)) });
      case "authenticate":
        return this.#authenticate(request, ack);
    }
  }

  #subscribe(request: unknown, ack: Ack): Promise<void> {
    return this.#session.subscribe(parseSubscribe(request), ({ asked, ...subscribed }) => {
      ack({ ok: true, ...subscribed });
      this.#session
        .welcome(asked)
        .catch((error: unknown) => this.log().error({ error }, "the state was not sent"));
    });
  }

  async #authenticate(request: unknown, ack: Ack): Promise<void> {
    const fresh = await this.#options.verify(parseAuthenticate(request));
    const rooms = await this.#connection.renew(fresh);
    ack({ ok: true, expiresAt: isoTime(fresh.expiresAt * 1_000), rooms });
  }

  #refuse(name: MessageName, error: unknown, ack: Ack): void {
    const { metrics } = this.#options.services;
    const refusal = refusalOf(error, this.log());
    metrics.received(name, refusal.reason);
    if (refusal.code === "unauthenticated") metrics.authenticationFailed(refusal.reason);
    ack({ ok: false, error: refusal.toBody() });
  }

  /** Answers name positions: they must not overtake the events before them. */
  #inOrder(ack: Ack): Ack {
    return (answer) => {
      this.#options.services.dispatch.flush(this.#subscriber);
      ack(answer);
      this.#subscriber.check();
    };
  }

  /** Writes into every line which connection it is about, and which request it came by; most never have a line. */
  log(): Logger {
    const { id, requestId } = this.#way;
    return this.#options.logger.child({ connection: id, requestId });
  }
}
