import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { type Client, openClient, transports } from "../test/client.ts";
import { cellOf, entryOf, issueEvent, seed } from "../test/fixtures.ts";
import { isNamed } from "../test/inbox.ts";
import { createPublisher, type Publisher } from "../test/publisher.ts";
import { type RunningRelay, runRelay } from "../test/relay.ts";
import { newOrganization, useFirestore } from "../test/services.ts";
import { unsignedToken } from "../test/tokens.ts";

const firestore = useFirestore();
let relays: readonly RunningRelay[];
let organizationId: string;
let publisher: Publisher;
let clients: Client[];

beforeAll(async () => {
  relays = await Promise.all([runRelay({ firestore }), runRelay({ firestore })]);
});
afterAll(async () => {
  await Promise.all(relays.map((relay) => relay.close()));
});
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

describe.each(transports)("over a %s", (transport) => {
  it("works at all", async () => {
    const client = await openClient(transport, relays[0]?.url ?? "", unsignedToken({ organizationId }), [
      `org:${organizationId}`,
    ]);
    clients.push(client);
    const event = issueEvent(organizationId, "library");
    const id = await publisher.publish(entryOf(event, cellOf("library", 1, 1)));
    const got = await client.inbox.first(isNamed("issue:created"));
    expect(got.data).toEqual({ ...event, id });
  });
});
