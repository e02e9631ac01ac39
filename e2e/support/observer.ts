/** Clients that watch rooms and remember what they were sent, over each transport. */
import { eventTypes, type FaultlineEvent, type SubscribeAck, socketPath } from "@faultline/contract";
import { io } from "socket.io-client";

export interface Received {
  readonly event: FaultlineEvent;
  /** When it arrived, in milliseconds since 1970. */
  readonly at: number;
}

export interface Observer {
  readonly name: string;
  /** All events so far, in the order of their arrival. */
  readonly received: readonly Received[];
  /** Resolves once `condition` holds for what was received. */
  until(
    what: string,
    condition: (received: readonly Received[]) => boolean,
    timeoutMs?: number,
  ): Promise<void>;
  close(): void;
}

export interface ObserveOptions {
  readonly relay: string;
  readonly token: string;
  readonly rooms: readonly string[];
}

export type Transport = "ws" | "sse";

/** Connects and subscribes; resolves when the relay has acknowledged it. */
export function observe(transport: Transport, options: ObserveOptions): Promise<Observer> {
  return transport === "ws" ? observeSocket(options) : observeStream(options);
}

async function observeSocket({ relay, token, rooms }: ObserveOptions): Promise<Observer> {
  const socket = io(relay, { path: socketPath, transports: ["websocket"], auth: { token }, forceNew: true });
  const record = createRecord(`ws ${rooms.join("+")}`, () => socket.close());
  for (const type of eventTypes) socket.on(type, (event: FaultlineEvent) => record.add(event));
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("connect_error", reject);
  });
  const answer: SubscribeAck = await socket.emitWithAck("subscribe", { rooms });
  if (!answer.ok) throw new Error(`${rooms}: ${answer.error.message}`);
  return record.observer;
}

async function observeStream({ relay, token, rooms }: ObserveOptions): Promise<Observer> {
  const abort = new AbortController();
  const query = rooms.map((room) => `room=${encodeURIComponent(room)}`).join("&");
  const response = await fetch(`${relay}/api/realtime/events?${query}`, {
    headers: { authorization: `Bearer ${token}` },
    signal: abort.signal,
  });
  if (!response.ok || !response.body)
    throw new Error(`${rooms}: ${response.status} ${await response.text()}`);
  const record = createRecord(`sse ${rooms.join("+")}`, () => abort.abort());
  readRecords(response.body, record.add).catch((error: Error) => {
    if (!abort.signal.aborted) record.fail(error);
  });
  return record.observer;
}

/** Parses a stream of Server-Sent Events and hands on the data of those that are Faultline's. */
async function readRecords(
  body: ReadableStream<Uint8Array>,
  onEvent: (event: FaultlineEvent) => void,
): Promise<void> {
  let buffer = "";
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    buffer += decoder.decode(chunk, { stream: true });
    const records = buffer.split("\n\n");
    buffer = records.pop() ?? "";
    for (const record of records) {
      const lines = record.split("\n");
      const field = (name: string) =>
        lines
          .filter((line) => line.startsWith(`${name}:`))
          .map((line) => line.slice(name.length + 1).trimStart());
      const [type] = field("event");
      if (!eventTypes.some((known) => known === type)) continue;
      const event = JSON.parse(field("data").join("\n")) as FaultlineEvent;
      const [id] = field("id");
      if (id !== event.id) throw new Error(`the record's id ${id} is not the event's ${event.id}`);
      onEvent(event);
    }
  }
}

interface Recorder {
  readonly observer: Observer;
  add(event: FaultlineEvent): void;
  /** Whoever waits for more is told that nothing comes any more. */
  fail(error: Error): void;
}

function createRecord(name: string, close: () => void): Recorder {
  const received: Received[] = [];
  const waiting = new Set<() => void>();
  let failure: Error | undefined;
  const until = (what: string, condition: (received: readonly Received[]) => boolean, timeoutMs = 30_000) =>
    new Promise<void>((resolve, reject) => {
      const end = (settle: () => void) => {
        clearTimeout(timer);
        waiting.delete(check);
        settle();
      };
      const giveUp = (why: string) => {
        const last = received.slice(-5).map(({ event }) => `${event.type} v${event.version}`);
        reject(
          new Error(`${name}: ${what}: ${why}; ${received.length} received, last ${last.join(", ")}`, {
            cause: failure,
          }),
        );
      };
      const check = () => {
        if (condition(received)) end(resolve);
        else if (failure) end(() => giveUp(`the stream failed: ${failure?.message}`));
      };
      const timer = setTimeout(() => end(() => giveUp(`not within ${timeoutMs} ms`)), timeoutMs);
      waiting.add(check);
      check();
    });
  const checkAll = () => {
    for (const check of [...waiting]) check();
  };
  return {
    observer: { name, received, until, close },
    add(event) {
      received.push({ event, at: Date.now() });
      checkAll();
    },
    fail(error) {
      failure = error;
      checkAll();
    },
  };
}
