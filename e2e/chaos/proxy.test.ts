import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { startProxy } from "./proxy.ts";

it("a proxy ends although one whose other side has hung up never does", async () => {
  const server = createServer((socket) => socket.end("over"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const proxy = await startProxy({ target: () => port });
  const client = connect({ port: proxy.port, host: "127.0.0.1", allowHalfOpen: true });
  client.on("error", () => {}); // cut off
  await once(client.resume(), "end");
  await expect(proxy.close()).resolves.toBeUndefined();
});
