/** A subscriber that keeps what it is sent. */
import { Batch } from "../src/dispatch/batch.ts";
import type { Frame, Subscriber, Transport } from "../src/dispatch/subscriber.ts";

export interface Recorder extends Subscriber {
  readonly frames: Frame[];
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
  const closed: string[] = [];
  let posted: Batch | undefined;
  const recorder: Recorder = {
    transport,
    wants,
    frames,
    closed,
    post({ last }) {
      const isFirst = posted === undefined;
      posted = posted?.with(last) ?? new Batch(last);
      return isFirst;
    },
    flush() {
      const due = posted?.frames ?? [];
      posted = undefined;
      for (const frame of due) keep(frame);
    },
    send(frame) {
      recorder.flush();
      keep(frame);
    },
    close: (reason) => closed.push(reason),
  };
  const keep = (frame: Frame) => {
    frames.push(frame);
    onFrame(frame);
  };
  return recorder;
}
