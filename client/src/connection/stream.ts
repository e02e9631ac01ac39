/** A line over Server-Sent Events, by `fetch`: it sends the token as a header, which EventSource can't. */
import type { Close, ErrorBody } from "@faultline/contract";
import { problemOf } from "../api/problem.ts";
import { type Failure, failureOfClose, failureOfError, silence } from "./failure.ts";
import { type Line, type LineListener, type LineRequest, untilOver } from "./line.ts";
import { createRecordReader, type StreamRecord } from "./records.ts";

/** The relay shows every 10 seconds that the stream is alive. */
const silentMs = 25_000;

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
    const response = await this.#open(rooms).catch(() => undefined);
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

  #open(rooms: readonly string[]): Promise<Response> {
    const { relay, token, since, fetch } = this.#request;
    const query = rooms.map((room) => `room=${encodeURIComponent(room)}`).join("&");
    return fetch(`${relay}/api/realtime/events?${query}`, {
      headers: {
        Accept: "text/event-stream",
        Authorization: `Bearer ${token}`,
        ...(since !== undefined && { "Last-Event-ID": since }),
      },
      cache: "no-store",
      signal: this.#abort.signal,
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

  /** A stream is opened for all rooms or none: the one at fault is left out, and the others are asked for again. */
  async #refuse(rooms: readonly string[], error: ErrorBody | undefined): Promise<Failure> {
    if (!error) return silence("unreachable");
    const room = rooms.length === 1 && error.field === "room" ? rooms[0] : roomOf(rooms, error);
    if (room === undefined || error.retry) return failureOfError(error);
    this.#listener.refused(room, error);
    const rest = rooms.filter((other) => other !== room);
    return rest.length > 0 ? this.#follow(rest) : this.#stayEmpty();
  }

  /** There is no stream of no rooms: until others are wanted, nothing more happens here. */
  #stayEmpty(): Promise<never> {
    this.#listener.opened();
    this.#enter([]);
    return new Promise(() => {});
  }
}

/** Of several rooms the relay names the one at fault by its place. */
function roomOf(rooms: readonly string[], { field = "" }: ErrorBody): string | undefined {
  return rooms[Number(/^room\.(\d+)$/.exec(field)?.[1])];
}
