/** A socket as one to whom dispatch sends. Frames go to the Engine.IO connection as they are, past Socket.IO's encoder. */
import type { Socket } from "socket.io";
import { systemClock } from "../base/clock.ts";
import { Outbox, outboxBytes } from "../dispatch/outbox.ts";
import { graceMs, type Subscriber } from "../dispatch/subscriber.ts";
import type { Account } from "../metrics/account.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { createSocketLine } from "./line.ts";

export interface SocketSubscriberOptions {
  readonly account: Account;
  readonly metrics: Metrics;
  /** How many bytes may wait for the client. Default `outboxBytes`. */
  readonly bufferBytes?: number | undefined;
  /** Socket.IO is about to write something of its own. MUST write first what waits for the client. */
  readonly onForeign: () => void;
  /** The client reads too slowly. MUST end the connection. */
  readonly onOverflow: () => void;
}

export interface SocketSubscriber extends Subscriber {
  /** Sends the client away if it has left too much unread; for what was not sent through here. */
  check(): void;
}

export function createSocketSubscriber(
  socket: Pick<Socket, "conn" | "disconnect">,
  options: SocketSubscriberOptions,
): SocketSubscriber {
  const { account, metrics, bufferBytes = outboxBytes, onForeign, onOverflow } = options;
  const { conn } = socket;
  const line = createSocketLine(conn, {
    onDrained: () => outbox.drained(),
    onForeign,
    onSent: account.sent,
  });
  const outbox = new Outbox({ transport: "socket", line, limitBytes: bufferBytes, metrics, onOverflow });
  let hasClosed = false;
  return {
    transport: "socket",
    wants: () => true,
    write: (batch) => outbox.write(batch),
    send: (frame) => outbox.send(frame),
    check: () => outbox.check(),
    close(reason) {
      if (hasClosed) return;
      hasClosed = true;
      account.close(reason);
      outbox.end();
      // Engine.IO takes a connection for closed before the other side has agreed.
      conn.transport.once("close", systemClock.after(graceMs, line.terminate));
      socket.disconnect(true);
    },
  };
}
