/** How many may be connected, and how all of them leave. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Client, openClient, transports } from "../../test/client.ts";
import { seed } from "../../test/fixtures.ts";
import { isNamed } from "../../test/inbox.ts";
import { type RunningRelay, runRelay } from "../../test/relay.ts";
import { newOrganization, useFirestore } from "../../test/services.ts";
import { refusalOf } from "../../test/socket.ts";
import { unsignedToken } from "../../test/tokens.ts";

const firestore = useFirestore();
const organizationId = newOrganization();
const room = `org:${organizationId}`;
let clients: Client[] = [];

beforeAll(() => seed(firestore, organizationId));
afterEach(() => {
  for (const client of clients) client.close();
  clients = [];
});

const tokenOf = (uid: string) => unsignedToken({ uid, organizationId });

async function open(
  relay: RunningRelay,
  transport: (typeof transports)[number],
  uid = "ann",
): Promise<Client> {
  const client = await openClient(transport, relay.url, tokenOf(uid), [room]);
  clients.push(client);
  return client;
}

/** What one more connection is refused with. */
async function refused(relay: RunningRelay, transport: (typeof transports)[number], uid: string) {
  if (transport === "socket") return refusalOf(relay.url, { token: tokenOf(uid) });
  const headers = { authorization: `Bearer ${tokenOf(uid)}` };
  const answer = await fetch(`${relay.url}/api/realtime/events?room=${room}`, { headers });
  expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
  return answer.json();
}

describe.each(transports)("over a %s", (transport) => {
  let relay: RunningRelay;
  beforeAll(async () => {
    relay = await runRelay({ firestore, limits: { connections: { perUser: 2, connections: 3 } } });
  });
  afterAll(() => relay.close());

  it("a user has so many connections and no more, until one is closed", async () => {
    const [first] = [await open(relay, "socket"), await open(relay, "stream")];
    expect(await refused(relay, transport, "ann")).toMatchObject({
      reason: "too-many-connections",
      status: 429,
      retry: true,
      retryAfterMs: expect.any(Number),
    });
    first.close();
    await expect
      .poll(() => open(relay, transport).catch((error: Error) => error.message))
      .toHaveProperty("inbox");
  });

  it("a relay that is full says when to come back", async () => {
    await Promise.all([open(relay, "socket", "a"), open(relay, "stream", "b"), open(relay, transport, "c")]);
    expect(await refused(relay, transport, "d")).toMatchObject({
      reason: "relay-full",
      status: 503,
      retry: true,
    });
  });
});

describe("a drain", () => {
  const drained = isNamed("relay:draining", "session:closed");

  it("tells everybody when to come back, ends them one after the other, and takes in nobody", async () => {
    const relay = await runRelay({ firestore, limits: { life: { drainPerSecond: 20 } } });
    await Promise.all(
      transports.flatMap((transport) =>
        [1, 2, 3, 4, 5].map((at) => open(relay, transport, `${transport}-${at}`)),
      ),
    );
    const closing = relay.close();
    await expect.poll(async () => (await fetch(`${relay.url}/readyz`)).status).toBe(503);
    for (const transport of transports)
      expect(await refused(relay, transport, "late")).toMatchObject({ reason: "relay-full", retry: true });
    const seen = await Promise.all(clients.map(({ inbox }) => inbox.atLeast(2, drained)));
    await Promise.all(clients.map(({ ended }) => ended));
    await closing;
    for (const [notice, close] of seen) {
      expect(notice?.name).toBe("relay:draining");
      expect(close?.data).toMatchObject({ reason: "draining", retry: "later" });
    }
    const moments = seen.map(([notice]) => notice?.data.reconnectAfterMs as number);
    expect(new Set(moments).size).toBeGreaterThan(3);
    expect(Math.max(...moments)).toBeLessThanOrEqual(500);
  });

  it("of nobody is over at once", async () => {
    const relay = await runRelay({ firestore });
    await relay.close();
    await expect(fetch(`${relay.url}/readyz`)).rejects.toThrow();
  });
});
