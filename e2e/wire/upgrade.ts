/** The beginning of a WebSocket, by hand. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { socketPath } from "@faultline/contract";

export interface Upgraded {
  readonly socket: Socket;
  /** What came right behind the answer's head. */
  readonly rest: Buffer;
}

/** The head of a good handshake. */
export function upgradeHead(port: number, path = `${socketPath}/?EIO=4&transport=websocket`): string {
  return [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "\r\n",
  ].join("\r\n");
}

/** A TCP connection whose errors are its `close`. */
export async function dial(port: number, localAddress?: string): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1", ...(localAddress !== undefined && { localAddress }) });
  const connected = once(socket, "connect");
  socket.on("error", () => {});
  await connected;
  return socket.setNoDelay(true);
}

/** Rejects unless the answer is 101. */
export async function upgrade(socket: Socket, port: number): Promise<Upgraded> {
  socket.write(upgradeHead(port));
  let head = Buffer.alloc(0);
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    head = Buffer.concat([head, chunk as Buffer]);
    const end = head.indexOf("\r\n\r\n");
    if (end < 0) continue;
    const line = head.subarray(0, head.indexOf("\r\n")).toString();
    if (/^HTTP\/1\.1 101 /.test(line)) return { socket, rest: head.subarray(end + 4) };
    throw new Error(line);
  }
  throw new Error("the connection ended before it was answered");
}
