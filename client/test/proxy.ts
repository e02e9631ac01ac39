/** A TCP way to a server that a test can cut, and that can refuse WebSockets as some companies' proxies do. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface TestProxy {
  readonly url: string;
  /** How many connections were opened. */
  readonly opened: number;
  /** How many are open, of WebSockets and others. */
  open(): number;
  /** Ends all connections and refuses new ones. */
  cut(): void;
  heal(): void;
  /** Whether requests to upgrade are answered with 403. */
  blockWebSockets(isBlocked: boolean): void;
  close(): Promise<void>;
}

export async function startProxy(target: string): Promise<TestProxy> {
  const port = Number(new URL(target).port);
  const sockets = new Set<Socket>();
  const state = { isCut: false, isBlocking: false, opened: 0, inner: new Set<Socket>() };
  const track = (socket: Socket, other: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => {
      sockets.delete(socket);
      state.inner.delete(socket);
      other.destroy();
    });
  };
  const server = createServer((inner) => {
    if (state.isCut) return inner.destroy();
    inner.once("data", (first: Buffer) => {
      if (state.isBlocking && /^upgrade: websocket/im.test(first.toString("latin1")))
        return inner.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
      const outer = connect(port, "127.0.0.1");
      state.opened += 1;
      state.inner.add(inner);
      track(inner, outer);
      track(outer, inner);
      outer.write(first);
      inner.pipe(outer).pipe(inner);
    });
    inner.on("error", () => {});
  });
  const cut = () => {
    state.isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get opened() {
      return state.opened;
    },
    open: () => state.inner.size,
    cut,
    heal() {
      state.isCut = false;
    },
    blockWebSockets(isBlocked) {
      state.isBlocking = isBlocked;
    },
    async close() {
      cut();
      server.close();
      await once(server, "close");
    },
  };
}
