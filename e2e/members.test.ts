/** Members who are changed by an admin through the API while they watch, on two relays and over both transports. */
import { type Close, paths, socketPath } from "@faultline/contract";
import { openAdmin } from "@faultline/local/admin";
import { signInAs } from "@faultline/local/sign-in";
import { io } from "socket.io-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { request } from "./support/doors.ts";
import { createMember } from "./support/member.ts";
import { sharedStack } from "./support/shared_stack.ts";
import type { Stack } from "./support/stack.ts";

let stack: Stack;
let admin: string;
/** From the API's answer to being sent away, in milliseconds; negative where the relay was first. */
const delays: number[] = [];

beforeAll(async () => {
  stack = await sharedStack();
  admin = await signInAs("admin@riverside.test", stack.addresses)();
});
afterAll(() => console.log(`sent away after ${delays.join(", ")} ms`));

/** Someone who watches; `closed` resolves to why they were sent away, and when. */
interface Watcher {
  readonly closed: Promise<{ readonly close: Close; readonly at: number }>;
  readonly rooms: (asked: readonly string[]) => Promise<unknown>;
}

async function watchSocket(relay: string, token: string): Promise<Watcher> {
  const socket = io(relay, {
    path: socketPath,
    transports: ["websocket"],
    auth: { token },
    forceNew: true,
    reconnection: false,
  });
  const closed = new Promise<{ close: Close; at: number }>((resolve) => {
    socket.on("session:closed", (close: Close) => resolve({ close, at: Date.now() }));
  });
  const rooms = (asked: readonly string[]) => socket.emitWithAck("subscribe", { rooms: asked });
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("connect_error", reject);
  });
  expect(await rooms(["org:riverside"])).toMatchObject({ ok: true });
  return { closed, rooms };
}

async function watchStream(relay: string, token: string): Promise<Pick<Watcher, "closed">> {
  const response = await fetch(`${relay}/api/realtime/issues`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(response.status).toBe(200);
  const closed = async () => {
    const text = await new Response(response.body).text();
    const [, data = ""] = /event: session:closed\ndata: (.*)\n/.exec(text) ?? [];
    return { close: JSON.parse(data) as Close, at: Date.now() };
  };
  return { closed: closed() };
}

describe("a member who watches", () => {
  it("loses what a narrower scope does not have, on every relay; the old token opens nothing", async () => {
    const member = await createMember(stack, "viewer");
    const token = await member.token();
    const sockets = await Promise.all(stack.relays.map((relay) => watchSocket(relay, token)));
    const streams = await Promise.all(stack.relays.map((relay) => watchStream(relay, token)));
    const answer = await request(stack, "PUT", `/members/${member.uid}`, {
      token: admin,
      body: { role: "viewer", campusIds: ["harbor"] },
    });
    const answeredAt = Date.now();
    expect(answer.status).toBe(200);
    for (const { closed } of streams) {
      const { close, at } = await closed;
      expect(close).toMatchObject({ reason: "access-changed", retry: "token" });
      delays.push(at - answeredAt);
    }
    for (const { rooms } of sockets)
      expect(await rooms(["org:riverside"])).toMatchObject({
        ok: false,
        error: { reason: "scope-exceeded" },
      });
    const refused = await request(stack, "GET", "/issues", { token });
    expect(refused).toMatchObject({ status: 401, body: { reason: "token-outdated" } });
    for (const relay of stack.relays) await expect(watchSocket(relay, token)).rejects.toThrow(/changed/);
    const fresh = await member.token();
    expect(await request(stack, "GET", "/issues", { token: fresh })).toMatchObject({ status: 200 });
  });

  it("is sent away everywhere when removed", async () => {
    const member = await createMember(stack, "reporter");
    const token = await member.token();
    const watchers = await Promise.all(
      stack.relays.flatMap((relay) => [watchSocket(relay, token), watchStream(relay, token)]),
    );
    const answer = await request(stack, "DELETE", `/members/${member.uid}`, { token: admin });
    const answeredAt = Date.now();
    expect(answer.status).toBe(204);
    for (const { closed } of watchers) {
      const { close, at } = await closed;
      expect(close).toMatchObject({ reason: "access-revoked", retry: "never" });
      delays.push(at - answeredAt);
    }
    expect(await request(stack, "GET", "/issues", { token })).toMatchObject({
      status: 401,
      body: { reason: "token-outdated" },
    });
    // Whoever signs in anew is nobody's member any more.
    const fresh = await member.token();
    expect(await request(stack, "GET", "/issues", { token: fresh })).toMatchObject({
      status: 403,
      body: { reason: "organization-missing" },
    });
  });

  it("is sent away everywhere when removed past the API, by the trigger", async () => {
    const member = await createMember(stack, "technician");
    const token = await member.token();
    const watchers = await Promise.all(
      stack.relays.flatMap((relay) => [watchSocket(relay, token), watchStream(relay, token)]),
    );
    const { firestore, close } = openAdmin(stack.addresses);
    await firestore.doc(`${paths.members("riverside")}/${member.uid}`).delete();
    await close();
    for (const { closed } of watchers)
      expect((await closed).close).toMatchObject({ reason: "access-revoked", retry: "never" });
    expect(await request(stack, "GET", "/issues", { token })).toMatchObject({
      status: 401,
      body: { reason: "token-outdated" },
    });
  });
});
