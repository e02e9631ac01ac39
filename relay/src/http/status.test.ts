import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { type Client, openClient } from "../../test/client.ts";
import { entryOf, issueEvent, seed } from "../../test/fixtures.ts";
import { isNamed } from "../../test/inbox.ts";
import { createPublisher, type Publisher } from "../../test/publisher.ts";
import { type RunningRelay, runRelay } from "../../test/relay.ts";
import { newOrganization, useFirestore } from "../../test/services.ts";
import { unsignedToken } from "../../test/tokens.ts";

const firestore = useFirestore();
let relay: RunningRelay;
let organizationId: string;
let publisher: Publisher;
let clients: Client[];

beforeAll(async () => {
  relay = await runRelay({ firestore });
});
afterAll(() => relay.close());
beforeEach(async () => {
  organizationId = newOrganization();
  publisher = createPublisher(inject("redisUrl"), organizationId);
  clients = [];
  await seed(firestore, organizationId);
});
afterEach(async () => {
  for (const client of clients) client.close();
  await publisher.close();
});

async function ask(token?: string) {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const answer = await fetch(`${relay.url}/api/realtime/status`, { headers });
  return { status: answer.status, body: await answer.json() };
}

const admin = (organization = organizationId) =>
  unsignedToken({ organizationId: organization, role: "admin" });

describe("the status", () => {
  it("says no more than whether all is well to whom it does not know", async () => {
    expect(await ask()).toEqual({ status: 200, body: { status: "ok" } });
  });

  it("shows an admin who watches the organization, and how far its events are", async () => {
    const token = unsignedToken({ organizationId });
    const rooms = ["building:library", "building:pier"];
    const socket = await openClient("socket", relay.url, token, [...rooms, `org:${organizationId}`]);
    clients.push(socket, await openClient("stream", relay.url, token, rooms));
    const position = await publisher.publish(entryOf(issueEvent(organizationId, "library")));
    await socket.inbox.first(isNamed("issue:created"));
    const { status, body } = await ask(admin());
    expect(status).toBe(200);
    expect(body).toEqual({
      status: "ok",
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      uptimeSeconds: expect.any(Number),
      redis: "up",
      organization: {
        id: organizationId,
        connections: { socket: 1, stream: 1 },
        rooms: { org: 1, campus: 0, building: 2, heatmap: 0 },
        position,
      },
    });
  });

  it("shows an admin nothing of another organization", async () => {
    const token = unsignedToken({ organizationId });
    clients.push(await openClient("socket", relay.url, token, ["building:library"]));
    const stranger = newOrganization();
    const { body } = await ask(admin(stranger));
    expect(body).toHaveProperty("organization", {
      id: stranger,
      connections: { socket: 0, stream: 0 },
      rooms: { org: 0, campus: 0, building: 0, heatmap: 0 },
      position: null,
    });
  });

  it.each([
    ["a manager", { role: "manager" }, 403, "permission-missing"],
    ["a scoped admin", { role: "admin", campusIds: ["north"] }, 403, "permission-missing"],
    ["an outdated token", { role: "admin", expiresIn: -60 }, 401, "token-expired"],
  ] as const)("refuses %s", async (_, options, status, reason) => {
    const { campusIds, ...rest } = { campusIds: undefined, ...options };
    const token = unsignedToken({ organizationId, ...rest, ...(campusIds && { campusIds: [...campusIds] }) });
    expect(await ask(token)).toMatchObject({ status, body: { reason } });
  });
});
