import type { Line, LineRequest, Transport } from "./line.ts";
import { openSocket } from "./socket.ts";
import { openStream } from "./stream.ts";

export { type Line, type LineRequest, Refusal, type Transport, transports } from "./line.ts";

/** Opens a connection; rejects when nobody listens. */
export function openLine(transport: Transport, request: LineRequest): Promise<Line> {
  return transport === "socket" ? openSocket(request) : openStream(request);
}
