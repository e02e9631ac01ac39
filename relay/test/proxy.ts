/** A TCP connection to a server that a test can cut, while the server itself lives on. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface RedisProxy {
  readonly port: number;
  /** Ends all connections and refuses new ones. */
  cut(): void;
  heal(): void;
  close(): Promise<void>;
}

export async function startProxy(targetPort: number): Promise<RedisProxy> {
  const sockets = new Set<Socket>();
  let isCut = false;
  const track = (socket: Socket, other: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => {
      sockets.delete(socket);
      other.destroy();
    });
  };
  const server = createServer((inner) => {
    if (isCut) return inner.destroy();
    const outer = connect(targetPort, "127.0.0.1");
    track(inner, outer);
    track(outer, inner);
    inner.pipe(outer).pipe(inner);
  });
  const cut = () => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    heal() {
      isCut = false;
    },
    async close() {
      cut();
      server.close();
      await once(server, "close");
    },
  };
}
