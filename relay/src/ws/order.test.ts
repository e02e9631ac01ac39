/** Answers name positions: what a client is told by them must be true when it reads them. */
import { comparePositions, type SubscribeAck } from "@faultline/contract";
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from "vitest";
import { entryOf, issueEvent, seed } from "../../test/fixtures.ts";
import { createPublisher, type Publisher } from "../../test/publisher.ts";
import { type RunningRelay, runRelay } from "../../test/relay.ts";
import { newOrganization, useFirestore } from "../../test/services.ts";
import { openSocket } from "../../test/socket.ts";
import { unsignedToken } from "../../test/tokens.ts";
import { type Front, fronts } from "./ws.ts";

const firestore = useFirestore();
const organizationId = newOrganization();
let publisher: Publisher;

beforeAll(async () => {
  await seed(firestore, organizationId);
  publisher = createPublisher(inject("redisUrl"), organizationId);
});
afterAll(() => publisher.close());

const ways = fronts.flatMap((front) =>
  [["websocket"], ["polling"], ["polling", "websocket"]].map((transports) => ({ front, transports })),
);

async function run(front: Front): Promise<RunningRelay> {
  const relay = await runRelay({ firestore, front, polling: true });
  onTestFinished(relay.close);
  return relay;
}

describe.each(ways)("by the $front front over $transports", ({ front, transports }) => {
  it("no answer overtakes an event before its position, nor does an event after it", async () => {
    const { url } = await run(front);
    const client = await openSocket(url, unsignedToken({ organizationId }), { transports });
    onTestFinished(client.close);
    const rooms = [`org:${organizationId}`];
    const heard: string[] = [];
    client.socket.on("issue:created", ({ id }: { readonly id: string }) => heard.push(id));
    // A promise would be told after the events that came in the same breath.
    const ask = () =>
      new Promise<void>((resolve) => {
        client.socket.emit("subscribe", { rooms }, (answer: SubscribeAck) => {
          if (answer.ok) heard.push(answer.position);
          resolve();
        });
      });
    await ask();
    const published: string[] = [];
    for (let round = 0; round < 20; round++) {
      const events = Array.from({ length: 5 }, () =>
        publisher.publish(entryOf(issueEvent(organizationId, "library"))),
      );
      await Promise.all([...events.map(async (event) => published.push(await event)), ask(), ask()]);
    }
    const total = 1 + 20 * (5 + 2);
    await expect.poll(() => heard.length, { timeout: 20_000 }).toBe(total);
    expect(heard).toEqual([...heard].sort(comparePositions));
    expect(new Set(heard)).toEqual(new Set([heard[0], ...published]));
  });
});
