/** A subscriber that keeps what it is sent. */
import type { Batch } from "../src/dispatch/batch.ts";
import type { Frame, Subscriber, Transport } from "../src/dispatch/subscriber.ts";

export interface Recorder extends Subscriber {
  readonly frames: Frame[];
  /** Of what came in one piece. */
  readonly batches: Batch[];
  /** Of the messages that came. */
  names(): readonly string[];
  /** Why it was closed. */
  readonly closed: string[];
}

export interface RecorderOptions {
  readonly transport?: Transport;
  readonly wants?: (name: string) => boolean;
  readonly onFrame?: (frame: Frame) => void;
}

export function createRecorder(options: RecorderOptions = {}): Recorder {
  const { transport = "socket", wants = () => true, onFrame = () => {} } = options;
  const frames: Frame[] = [];
  const batches: Batch[] = [];
  const closed: string[] = [];
  const send = (frame: Frame) => {
    frames.push(frame);
    onFrame(frame);
  };
  return {
    feed: undefined,
    rooms: 0,
    next: 0,
    transport,
    wants,
    frames,
    batches,
    closed,
    names: () => frames.map(({ text }) => JSON.parse(text.slice(1))[0]),
    write(batch) {
      batches.push(batch);
      batch.frames.forEach(send);
    },
    send,
    close: (reason) => closed.push(reason),
  };
}
