import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it, onTestFinished } from "vitest";
import { takeOver } from "./take_over.ts";

interface Taken {
  /** The client's end, and what came to it. */
  readonly client: Socket;
  readonly received: () => string;
  /** The server's end, which HTTP does not know any more. */
  readonly socket: Socket;
  readonly response: WeakRef<ServerResponse>;
}

/** A stream over a real server, whose socket was taken over. */
async function take(): Promise<Taken> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const taken = new Promise<Pick<Taken, "socket" | "response">>((resolve) =>
    server.once("request", async (_request, response: ServerResponse) => {
      await new Promise(setImmediate);
      const { socket } = response;
      response.removeHeader("Transfer-Encoding");
      response.writeHead(200, { Connection: "close" }).flushHeaders();
      takeOver(response);
      if (socket) resolve({ socket, response: new WeakRef(response) });
    }),
  );
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  let received = "";
  client.setEncoding("utf8").on("data", (text: string) => {
    received += text;
  });
  onTestFinished(() => {
    client.destroy();
    server.close();
  });
  client.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  return { client, received: () => received, ...(await taken) };
}

it("what is written to the socket is the body, as it is", async () => {
  const { socket, received } = await take();
  socket.write("data: 1\n\n");
  await expect.poll(received).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\ndata: 1\n\n$/);
  expect(received()).not.toMatch(/chunked/i);
});

it("request, response and parser are let go of", async () => {
  const { socket, response } = await take();
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  await expect
    .poll(() => {
      collect();
      return response.deref() === undefined;
    })
    .toBe(true);
  expect(Reflect.get(socket, "parser")).toBeNull();
});

it("what the client sends on is thrown away, and does no harm", async () => {
  const { client, socket, received } = await take();
  client.write("GET /again HTTP/1.1\r\n\r\n\0not even HTTP");
  client.write("x".repeat(1_000_000));
  await expect.poll(() => socket.bytesRead).toBeGreaterThan(1_000_000);
  socket.write("still here");
  await expect.poll(received).toMatch(/\r\n\r\nstill here$/);
});

it("the connection ends when the client ends it", async () => {
  const { client, socket } = await take();
  const closed = once(socket, "close");
  client.end();
  await closed;
});
