/** A line over Server-Sent Events, by `fetch`: it sends the token as a header, which EventSource can't. */
import type { Close, ErrorBody } from "@faultline/contract";
import { problemOf } from "../api/problem.ts";
import { type Failure, failureOfClose, failureOfError, silence } from "./failure.ts";
import { type Line, type LineListener, type LineRequest, untilOver } from "./line.ts";
import { createRecordReader, type StreamRecord } from "./records.ts";

/** The relay shows every 25 seconds that the stream is alive. */
const silentMs = 60_000;

export function openStreamLine(request: LineRequest, listener: LineListener): Line {
  const line = new StreamLine(request, listener);
  void line.run();
  return line;
}

class StreamLine implements Line {
  readonly #request: LineRequest;
  readonly #listener: ReturnType<typeof untilOver>;
  readonly #abort = new AbortController();
  #cancelWatch = () => {};
  #close: Close | undefined;
  #joined: readonly string[] | undefined;

  constructor(request: LineRequest, listener: LineListener) {
    this.#request = request;
    this.#listener = untilOver(listener);
  }

  async run(): Promise<void> {
    const failure = await this.#follow(this.#request.rooms).catch(
      (): Failure => ({ ...silence("dropped"), isAnswered: false }),
    );
    this.#end();
    this.#listener.failed(failure);
  }

  setRooms(rooms: readonly string[]): boolean {
    const own = this.#request.rooms;
    const isSame = rooms.length === own.length && rooms.every((room) => own.includes(room));
    if (isSame && this.#joined) this.#enter(this.#joined);
    return isSame;
  }

  async authenticate(): Promise<"unable"> {
    return "unable";
  }

  close(): void {
    this.#listener.end();
    this.#end();
  }

  #end(): void {
    this.#cancelWatch();
    this.#abort.abort();
  }

  /** Resolves when the stream is over, with why. */
  async #follow(rooms: readonly string[]): Promise<Failure> {
    const response = await this.#open(rooms, this.#request.since).catch(() => undefined);
    if (!response) return silence("unreachable");
    if (!response.ok || !response.body) return this.#refuse(rooms, await problemOf(response));
    this.#listener.opened();
    this.#enter(rooms);
    await this.#read(response.body);
    if (this.#close) return failureOfClose(this.#close);
    return { ...silence("dropped"), isAnswered: true };
  }

  #enter(rooms: readonly string[]): void {
    this.#joined = rooms;
    this.#listener.joined({ rooms, isWhole: true, replayed: 0 });
  }

  #open(rooms: readonly string[], since?: string, signal = this.#abort.signal): Promise<Response> {
    const { relay, token, fetch } = this.#request;
    const query = rooms.map((room) => `room=${encodeURIComponent(room)}`).join("&");
    return fetch(`${relay}/api/realtime/events?${query}`, {
      headers: {
        Accept: "text/event-stream",
        Authorization: `Bearer ${token}`,
        ...(since !== undefined && { "Last-Event-ID": since }),
      },
      cache: "no-store",
      signal,
    });
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    const recordsIn = createRecordReader();
    const reader = body.getReader();
    for (;;) {
      this.#watchSilence();
      const { done, value } = await reader.read();
      if (done) return;
      for (const record of recordsIn(decoder.decode(value, { stream: true }))) this.#take(record);
    }
  }

  #take({ event, data, id }: StreamRecord): void {
    if (event === undefined) {
      if (id !== undefined) this.#listener.reached(id);
      return;
    }
    const content: unknown = JSON.parse(data ?? "null");
    if (event === "session:closed") this.#close = content as Close;
    else this.#listener.told(event, content);
  }

  #watchSilence(): void {
    this.#cancelWatch();
    this.#cancelWatch = this.#request.clock.after(silentMs, () => this.#abort.abort());
  }

  /** A stream is opened for all rooms or none, and does not say which of several is at fault: each is tried alone. */
  async #refuse(rooms: readonly string[], error: ErrorBody | undefined): Promise<Failure> {
    if (!error) return silence("unreachable");
    if (error.field !== "room" || error.retry) return failureOfError(error);
    const good: string[] = [];
    for (const room of rooms) {
      const fault = rooms.length === 1 ? error : await this.#faultOf(room);
      if (fault) this.#listener.refused(room, fault);
      else good.push(room);
    }
    if (good.length === rooms.length) return failureOfError(error);
    return good.length > 0 ? this.#follow(good) : this.#stayEmpty();
  }

  /** There is no stream of no rooms: until others are wanted, nothing more happens here. */
  #stayEmpty(): Promise<never> {
    this.#listener.opened();
    this.#enter([]);
    return new Promise(() => {});
  }

  async #faultOf(room: string): Promise<ErrorBody | undefined> {
    const abort = new AbortController();
    try {
      const response = await this.#open([room], undefined, abort.signal);
      return response.ok ? undefined : await problemOf(response);
    } finally {
      abort.abort();
    }
  }
}
