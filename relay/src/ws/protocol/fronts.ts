/** Whoever speaks the protocol for the relay: the same must be seen of each of them. */
import { afterAll, afterEach, beforeAll, describe, inject } from "vitest";
import { entryOf, issueEvent, seed } from "../../../test/fixtures.ts";
import { createPublisher, type Publisher } from "../../../test/publisher.ts";
import { type RunningRelay, runRelay } from "../../../test/relay.ts";
import { newOrganization, useFirestore } from "../../../test/services.ts";
import { openSocket, type SocketClient } from "../../../test/socket.ts";
import { unsignedToken } from "../../../test/tokens.ts";
import type { RelayOptions } from "../../relay.ts";
import { type Front, fronts } from "../ws.ts";
import { Client, type ClientOptions, type Frame } from "./client.ts";

/** A relay behind one front, with polling, and a bystander who is subscribed to the organization. */
export class Setting {
  readonly organizationId = newOrganization();
  readonly #front: Front;
  readonly #limits: RelayOptions["limits"];
  #relay: RunningRelay | undefined;
  #publisher: Publisher | undefined;
  #bystander: SocketClient | undefined;

  constructor(front: Front, limits?: RelayOptions["limits"]) {
    this.#front = front;
    this.#limits = limits;
  }

  get url(): string {
    if (!this.#relay) throw new Error("the relay has not been started");
    return this.#relay.url;
  }

  get token(): string {
    return unsignedToken({ organizationId: this.organizationId });
  }

  /** Socket.IO's packet that connects. */
  get connect(): string {
    return `40${JSON.stringify({ token: this.token })}`;
  }

  get room(): string {
    return `org:${this.organizationId}`;
  }

  /** The text with the token and the room in place of the words TOKEN and ROOM. */
  fill(text: string): string {
    return text.replaceAll("TOKEN", this.token).replaceAll("ROOM", this.room);
  }

  /** A line that has just been opened. */
  dial(options?: ClientOptions): Promise<Client> {
    return new Client(this.url, options).opened();
  }

  /** A line over which nobody is connected; Engine.IO's first packet was taken. */
  async open(options?: ClientOptions): Promise<Client> {
    const client = await this.dial(options);
    await client.next();
    return client;
  }

  /** A line over which somebody is connected. */
  async join(options?: ClientOptions): Promise<Client> {
    const client = await this.open(options);
    client.send(this.connect);
    await client.next();
    return client;
  }

  /** Publishes an event of the organization, and waits until the bystander has it; gives its position. */
  async publish(): Promise<string> {
    if (!this.#publisher || !this.#bystander) throw new Error("the relay has not been started");
    const id = await this.#publisher.publish(entryOf(issueEvent(this.organizationId, "library")));
    await this.#bystander.inbox.first(({ data }) => data.id === id);
    return id;
  }

  async start(firestore: RelayOptions["firestore"]): Promise<void> {
    await seed(firestore, this.organizationId);
    this.#publisher = createPublisher(inject("redisUrl"), this.organizationId);
    const limits = this.#limits ?? {};
    this.#relay = await runRelay({ firestore, polling: true, front: this.#front, limits });
    this.#bystander = await openSocket(this.url, this.token);
    await this.#bystander.subscribe([this.room]);
  }

  async stop(): Promise<void> {
    this.#bystander?.close();
    await this.#publisher?.close();
    await this.#relay?.close();
  }
}

/** The tests of `body` for every front. After each of them the bystander must get an event still. */
export function describeFronts(
  title: string,
  body: (setting: Setting) => void,
  limits?: RelayOptions["limits"],
): void {
  const firestore = useFirestore();
  describe.each(fronts)(`${title} (%s)`, (front) => {
    const setting = new Setting(front, limits);
    beforeAll(() => setting.start(firestore));
    afterEach(() => setting.publish());
    afterAll(() => setting.stop());
    body(setting);
  });
}

/** The packet's JSON, behind the digits, the namespace and the id. */
export function payloadOf(frame: Frame): unknown {
  const [, json] = /^\d+(?:\/[^,]*,)?\d*(.*)$/s.exec(String(frame)) ?? [];
  return JSON.parse(json ?? "");
}
