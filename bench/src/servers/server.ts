/** A server under test: a process of its own, on a core of its own. */
import type { Speech } from "../load/crowd.ts";

export interface Server {
  readonly name: string;
  /** Of the processes whose work is counted. */
  readonly pids: readonly number[];
  readonly speech: Speech;
  /** Sends an event with this mark to everybody; resolves when that is on its way. */
  publish(mark: string): Promise<void>;
  /** Frees what can be freed. Gives the size of the young generation, which says nothing of what is held. Without it, there is none. */
  collectGarbage?(): Promise<number>;
  stop(): Promise<void>;
}
