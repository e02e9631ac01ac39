/** What one socket may send. Everything counts, from the first byte: also what Engine.IO and ws answer by themselves. */
import { type Allowance, Bucket } from "../admission/bucket.ts";
import { type Clock, systemClock } from "../base/clock.ts";
import { type EngineSocket, terminate, webSocketOf } from "./line.ts";

export interface InboundLimits {
  readonly messages: Allowance;
  readonly bytes: Allowance;
}

/** A client that asks for its rooms one by one may do so for all that it may have. */
export const inboundLimits: InboundLimits = {
  messages: { perSecond: 20, burst: 200 },
  bytes: { perSecond: 64 * 1024, burst: 512 * 1024 },
};

export interface Inbound {
  /** Takes in one message that wants an answer; gives how long the client has to wait before the next: 0 if not at all. */
  takeMessage(): number;
  /** Calls `listener`, in place of ending the connection, when the client sends on far beyond what it may. */
  onAbuse(listener: () => void): void;
  /** Calls `listener` when what came is no WebSocket message that is taken; the connection ends right after. */
  onInvalid(listener: () => void): void;
}

/** Begins to count what comes over a connection. */
export function countInbound(
  conn: EngineSocket,
  limits: InboundLimits,
  clock: Pick<Clock, "now"> = systemClock,
): Inbound {
  // Socket.IO hands on what came at once only when all of it has been counted: what is answered counts on its own.
  const answered = new Bucket(limits.messages, clock);
  const messages = new Bucket(limits.messages, clock);
  const bytes = new Bucket(limits.bytes, clock);
  let abused = () => terminate(conn);
  let invalid = () => {};
  const take = (length: number) => {
    messages.take(1);
    bytes.take(length);
    if (messages.isExhausted || bytes.isExhausted) abused();
  };
  const follow = () => {
    const webSocket = webSocketOf(conn);
    webSocket?.on("ping", (data: Buffer) => take(data.length));
    // Before Engine.IO hears of it, which takes it for a fault of the line.
    webSocket?.prependListener("error", ({ code = "" }: { readonly code?: string }) => {
      if (code.startsWith("WS_ERR_")) invalid();
    });
  };
  conn.on("packet", ({ data }: { readonly data?: string | Buffer }) => take(data?.length ?? 0));
  conn.on("upgrade", follow);
  follow();
  return {
    takeMessage() {
      answered.take(1);
      return Math.max(answered.debtMs, bytes.debtMs);
    },
    onAbuse(listener) {
      abused = listener;
    },
    onInvalid(listener) {
      invalid = listener;
    },
  };
}
