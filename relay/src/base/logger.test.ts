import { startRedis } from "@faultline/local/redis";
import { Redis } from "ioredis";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { entryOf, issueEvent, seed } from "../../test/fixtures.ts";
import { isNamed } from "../../test/inbox.ts";
import { captureLog, type LogLine } from "../../test/log.ts";
import { createPublisher } from "../../test/publisher.ts";
import { listen, type RunOptions, runRelay } from "../../test/relay.ts";
import { newOrganization, useFirestore } from "../../test/services.ts";
import { openSocket, refusalOf } from "../../test/socket.ts";
import { openStream } from "../../test/stream.ts";
import { unsignedToken } from "../../test/tokens.ts";
import type { LogLevel } from "../config.ts";

const firestore = useFirestore();

/** A relay of an organization of its own that writes what it logs into `lines`. */
async function logged(level: LogLevel, options: Partial<RunOptions> = {}) {
  const { logger, lines } = captureLog(level);
  const organizationId = newOrganization();
  await seed(firestore, organizationId);
  const relay = await runRelay({ firestore, logger, ...options });
  onTestFinished(relay.close);
  const ending = (fields: LogLine) =>
    expect
      .poll(() => lines.filter((line) => line.message === "disconnected"), { timeout: 5_000 })
      .toContainEqual(expect.objectContaining(fields));
  return { relay, lines, organizationId, token: unsignedToken({ organizationId }), ending };
}

describe("the log", () => {
  it("tells the end of a socket in one line, with the connection's id, which all of its lines have", async () => {
    const { relay, lines, token, ending } = await logged("debug");
    const requestId = "from-the-proxy.1";
    const client = await openSocket(relay.url, token, { extraHeaders: { "X-Request-Id": requestId } });
    const connection = client.socket.id;
    await client.subscribe(["building:library"]);
    client.close();
    await ending({ connection, requestId, transport: "socket", reason: "client-left", severity: "DEBUG" });
    const own = lines.filter((line) => line.connection === connection);
    expect(own.map(({ message }) => message)).toEqual(["connected", "disconnected"]);
    expect(own.at(-1)).toMatchObject({ seconds: expect.any(Number), bytes: expect.any(Number) });
    expect(own.every((line) => line.requestId === requestId)).toBe(true);
  });

  it("counts the bytes of a stream, and names it by the request's id, which the client was told", async () => {
    const { relay, organizationId, token, ending } = await logged("debug");
    const publisher = createPublisher(inject("redisUrl"), organizationId);
    onTestFinished(publisher.close);
    const stream = await openStream(relay.url, "issues", { token });
    const requestId = stream.headers.get("x-request-id");
    expect(requestId).toMatch(/^[\da-f-]{36}$/);
    await publisher.publish(entryOf(issueEvent(organizationId, "library")));
    const record = await stream.inbox.first(isNamed("issue:created"));
    stream.close();
    const text = `id: ${record.id}\nevent: issue:created\ndata: ${JSON.stringify(record.data)}\n\n`;
    await ending({ requestId, route: "issues", reason: "client-left", bytes: Buffer.byteLength(text) });
  });

  it.each([
    ["the caller's id", { "x-request-id": "abc-1" }, "abc-1"],
    ["the trace", { traceparent: `00-${"ab".repeat(16)}-${"cd".repeat(8)}-01` }, "ab".repeat(16)],
    [
      "an id of its own, rather than one that could forge a line",
      { "x-request-id": 'a"} {' },
      /^[\da-f-]{36}$/,
    ],
    ["an id of its own, rather than one without end", { "x-request-id": "a".repeat(129) }, /^[\da-f-]{36}$/],
  ])("gives a request %s", async (_, headers, expected) => {
    const { relay, lines } = await logged("debug");
    const answer = await fetch(`${relay.url}/api/realtime/tickets`, { method: "POST", headers });
    const requestId = answer.headers.get("x-request-id");
    expect(requestId).toMatch(expected);
    const line = { requestId, message: "answered", route: "/api/realtime/tickets", status: 401 };
    await expect.poll(() => lines).toContainEqual(expect.objectContaining(line));
  });

  it("has no token, ticket, query or payload, even where it tells everything", async () => {
    const { relay, lines, organizationId, token, ending } = await logged("trace");
    const publisher = createPublisher(inject("redisUrl"), organizationId);
    onTestFinished(publisher.close);
    const issued = await fetch(`${relay.url}/api/realtime/tickets`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
    });
    const { ticket } = (await issued.json()) as { ticket: string };
    const stream = await openStream(relay.url, `events?room=building:library&ticket=${ticket}`);
    const client = await openSocket(relay.url, token);
    await client.subscribe(["building:library"]);
    client.socket.emit("error", "a secret of the client");
    await publisher.publish(entryOf(issueEvent(organizationId, "library")));
    await publisher.pushRaw({ event: { organizationId, title: "Tap drips" }, position: "9999999999999-0" });
    await client.inbox.first(isNamed("issue:created"));
    await stream.inbox.first(isNamed("issue:created"));
    await refusalOf(relay.url, { token: `${token}x` });
    await fetch(`${relay.url}/api/realtime/events?token=${token}`);
    await fetch(`${relay.url}/nowhere?ticket=${ticket}`);
    client.close();
    stream.close();
    await ending({ transport: "socket" });
    await ending({ transport: "stream" });
    const text = JSON.stringify(lines);
    for (const message of ["a malformed push was dropped", "answered"]) {
      expect(text).toContain(message);
    }
    for (const secret of [token, ticket, "Tap drips", "a secret of the client", "room=", "?"]) {
      expect(text).not.toContain(secret);
    }
  });

  it("has no password, though Redis refuses the one it is given", async () => {
    const redis = await startRedis();
    const guard = new Redis(redis.url);
    await guard.config("SET", "requirepass", "the-right-one");
    const { logger, lines } = captureLog("trace");
    const { port } = redis;
    const relay = await listen({ firestore, logger, redisUrl: `redis://:the-wrong-one@127.0.0.1:${port}` });
    onTestFinished(async () => {
      await relay.close();
      guard.disconnect();
      await redis.stop();
    });
    await expect.poll(() => JSON.stringify(lines), { timeout: 5_000 }).toContain("WRONGPASS");
    expect(JSON.stringify(lines)).not.toContain("the-wrong-one");
  });

  it("tells no more than its level asks for", async () => {
    const { relay, lines, token } = await logged("info");
    const client = await openSocket(relay.url, token);
    client.close();
    await relay.close();
    expect(lines.map(({ severity }) => severity)).not.toContain("DEBUG");
  });
});
