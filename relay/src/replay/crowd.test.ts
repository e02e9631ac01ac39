import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { entryOf, issueEvent, seed } from "../../test/fixtures.ts";
import { metricOf } from "../../test/metrics.ts";
import { createPublisher, type Publisher } from "../../test/publisher.ts";
import { type RunningRelay, runRelay } from "../../test/relay.ts";
import { newOrganization, useFirestore } from "../../test/services.ts";
import { openSocket, type SocketClient } from "../../test/socket.ts";
import { unsignedToken } from "../../test/tokens.ts";
import { replayLimits } from "./replay.ts";

const firestore = useFirestore();
const organizationId = newOrganization();
const clients = 1_000;
let relay: RunningRelay;
let publisher: Publisher;
let sockets: readonly SocketClient[];

beforeAll(async () => {
  publisher = createPublisher(inject("redisUrl"), organizationId);
  await seed(firestore, organizationId);
  relay = await runRelay({ firestore });
  const token = unsignedToken({ organizationId });
  sockets = await Promise.all(Array.from({ length: 20 }, () => openSocket(relay.url, token)));
});
afterAll(async () => {
  for (const socket of sockets) socket.close();
  await relay.close();
  await publisher.close();
});

describe("a thousand who come back at once", () => {
  it("to a relay that has just started cost it a handful of reads, wherever each of them was", async () => {
    const positions: string[] = [];
    for (let version = 1; version <= replayLimits.entries; version += 1)
      positions.push(await publisher.append(entryOf(issueEvent(organizationId, "library", { version }))));
    // One room, which nothing happened in: this is about what is read, not about what is sent.
    const answers = await Promise.all(
      Array.from({ length: clients }, (_, at) =>
        sockets[at % sockets.length]?.subscribe(["building:pier"], positions[(at * 7) % positions.length]),
      ),
    );
    expect(answers.filter((answer) => answer?.ok && answer.recovered)).toHaveLength(clients);
    expect(await metricOf(relay.url, "log_reads_total")).toBeLessThan(20);
    expect(await metricOf(relay.url, "replays_total", { outcome: "current" })).toBe(clients);
  });
});
