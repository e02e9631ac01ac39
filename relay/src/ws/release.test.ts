import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Server } from "socket.io";
import { io as connect } from "socket.io-client";
import { expect, it, onTestFinished } from "vitest";
import { releaseRequest } from "./release.ts";

it("a WebSocket connection goes on without the request that it came by, which is let go of", async () => {
  const http = createServer();
  const io = new Server(http, { transports: ["websocket"] });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const came = new Promise<WeakRef<IncomingMessage>>((resolve) =>
    io.once("connection", (socket) => {
      const request = new WeakRef(socket.request);
      releaseRequest(socket);
      socket.on("echo", (text: string, ack: (text: string) => void) => ack(text));
      resolve(request);
    }),
  );
  const { port } = http.address() as AddressInfo;
  const client = connect(`http://127.0.0.1:${port}`, {
    transports: ["websocket"],
    auth: { token: "secret" },
  });
  onTestFinished(async () => {
    client.close();
    await io.close();
  });
  const request = await came;
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  await expect
    .poll(() => {
      collect();
      return request.deref() === undefined;
    })
    .toBe(true);
  expect(await client.emitWithAck("echo", "still here")).toBe("still here");
  const [socket] = await io.fetchSockets();
  expect(JSON.stringify(socket?.handshake)).not.toContain("secret");
});
