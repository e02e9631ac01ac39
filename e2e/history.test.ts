/** Real input: a real campus, and a city's recorded service requests played on it through the API. */
import { existsSync } from "node:fs";
import {
  activitySchema,
  countIssues,
  type FaultlineEvent,
  fromDocument,
  type HeatCell,
  heatCellSchema,
  type Issue,
  issueSchema,
  paths,
  redisKeys,
  type StatsEvent,
  sumCells,
  type Tally,
} from "@faultline/contract";
import { type Admin, openAdmin } from "@faultline/local/admin";
import { waitUntil } from "@faultline/local/process";
import { signInAs } from "@faultline/local/sign-in";
import { sharedData } from "@faultline/local/testing/data";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { request } from "./support/doors.ts";
import { type Observer, observe } from "./support/observer.ts";
import { runCommand, type StackUnderTest, startStackUnderTest } from "./support/stack.ts";

const buildingsFile = sharedData("ubcv_buildings.geojson");
const requestsFile = sharedData("service_requests.csv");
const org = "ubc";

/** How many requests each of the two replays plays; FAULTLINE_E2E_REQUESTS=5000 plays the whole file. */
const requestCount = Number(process.env.FAULTLINE_E2E_REQUESTS ?? 600);
const outageCount = Math.min(requestCount, 600);

const importArguments = [
  "--org",
  org,
  "--campus-by",
  "NEIGHBOURHOOD",
  "--id",
  "BLDG_ID",
  "--name",
  "PLACENAME",
  buildingsFile,
];
const replayArguments = (limit: number) => [
  "--org",
  org,
  "--speed",
  "max",
  "--limit",
  String(limit),
  requestsFile,
];

describe.skipIf(!existsSync(buildingsFile) || !existsSync(requestsFile))(
  "a real campus with a real history",
  () => {
    let stack: StackUnderTest;
    let admin: Admin;
    let observers: readonly Observer[];

    beforeAll(async () => {
      stack = await startStackUnderTest();
      admin = openAdmin(stack.addresses);
    });

    afterAll(async () => {
      for (const observer of observers ?? []) observer.close();
      await admin?.close();
      await stack?.stop();
    });

    it("imports 270 buildings, and the second time changes nothing", async () => {
      const first = await runCommand(stack, "import", importArguments);
      expect(first.output).toContain("270 buildings: 270 new, 0 changed, 0 as they were");
      expect(first.status).toBe(0);
      const times = await updateTimes();
      const second = await runCommand(stack, "import", importArguments);
      expect(second.output).toContain("270 buildings: 0 new, 0 changed, 270 as they were");
      expect(await updateTimes()).toEqual(times);
      expect(times.size).toBe(270);
    });

    it("brings every event of a replay to a socket and a stream on two relays exactly once, versions never going back", async () => {
      const token = await signInAs(`admin@${org}.test`, stack.addresses)();
      const [first, second] = stack.relays;
      observers = await Promise.all([
        observe("ws", { relay: first, token, rooms: [`org:${org}`] }),
        observe("sse", { relay: second, token, rooms: [`org:${org}`] }),
      ]);
      const { status, output } = await runCommand(stack, "replay", replayArguments(requestCount));
      expect(output).toContain(`${requestCount} created`);
      expect(status).toBe(0);
      const expected = await writtenEvents();
      for (const observer of observers) {
        await observer.until("every event", () => logged(observer).length >= expected.size, 60_000);
        expectExactly(observer, expected);
      }
      console.info(`replay: ${output.trim().split("\n").slice(-3).join("; ")}; ${latencyOf(observers)}`);
    });

    it("leaves heat cells and stats equal to a recount of the documents", async () => {
      await expectRecount();
    });

    it("misses nothing when Redis is killed during a replay and started again", async () => {
      const outageOrg = "harborview";
      const args = importArguments.map((argument) => (argument === org ? outageOrg : argument));
      expect((await runCommand(stack, "import", args)).status).toBe(0);
      const token = await signInAs(`admin@${outageOrg}.test`, stack.addresses)();
      const watching = await Promise.all([
        observe("ws", { relay: stack.relays[0], token, rooms: [`org:${outageOrg}`] }),
        observe("sse", { relay: stack.relays[1], token, rooms: [`org:${outageOrg}`] }),
      ]);
      const replaying = runCommand(
        stack,
        "replay",
        replayArguments(outageCount).map((argument) => (argument === org ? outageOrg : argument)),
      );
      await watching[0]?.until(
        "a third of the replay",
        () => logged(watching[0] as Observer).length > outageCount * 0.6,
        120_000,
      );
      await stack.redis.kill();
      const created = await request(stack, "POST", "/issues", {
        token,
        body: {
          buildingId: "AUDX",
          title: "Reported while Redis is down",
          category: "other",
          severity: "low",
        },
      });
      expect(created.status).toBe(201);
      await stack.redis.restart();
      const { status, output } = await replaying;
      expect({ status, output }).toMatchObject({
        status: 0,
        output: expect.stringContaining(`${outageCount} created`),
      });
      const expected = await writtenEvents(outageOrg);
      expect(expected.size).toBeGreaterThan(outageCount * 1.9);
      await expectInLog(expected, outageOrg);
      for (const observer of watching) {
        await observer.until("every event", () => logged(observer).length >= expected.size, 90_000);
        expectExactly(observer, expected);
        observer.close();
      }
      await expectRecount(outageOrg);
    });

    const logged = ({ received }: Observer) => received.filter(({ event }) => event.id !== undefined);

    async function updateTimes(): Promise<ReadonlyMap<string, number>> {
      const { docs } = await admin.firestore.collection(paths.buildings(org)).get();
      return new Map(docs.map((doc) => [doc.id, doc.updateTime.toMillis()]));
    }

    /** "ISSUE VERSION TYPE" of every event that Firestore says there was. */
    async function writtenEvents(organization = org): Promise<ReadonlySet<string>> {
      const { docs } = await admin.firestore
        .collectionGroup("activity")
        .where("issue.organizationId", "==", organization)
        .get();
      return new Set(
        docs.flatMap((doc) => {
          const { issue, version, events } = activitySchema.parse(fromDocument(doc.data()));
          return events.map((type) => `${issue.id} ${version} ${type}`);
        }),
      );
    }

    async function expectInLog(expected: ReadonlySet<string>, organization: string): Promise<void> {
      const client = new Redis(stack.redis.url);
      const inLog = async () => {
        const entries = await client.xrange(redisKeys.log(organization), "-", "+");
        return entries.map(([, fields]) => nameOf(JSON.parse(fields[1] as string).event));
      };
      try {
        await waitUntil(async () => (await inLog()).length >= expected.size, {
          what: "Every change in the log",
          timeoutMs: 90_000,
        });
        expect((await inLog()).sort()).toEqual([...expected].sort());
      } finally {
        client.disconnect();
      }
    }

    function expectExactly(observer: Observer, expected: ReadonlySet<string>): void {
      const events = logged(observer).map(({ event }) => event);
      expect(events.map(nameOf).sort()).toEqual([...expected].sort());
      const versions = new Map<string, number>();
      for (const event of events) {
        if (!("issue" in event.data)) continue;
        const { id } = event.data.issue;
        const version = event.version ?? 0;
        expect(version).toBeGreaterThanOrEqual(versions.get(id) ?? 0);
        versions.set(id, version);
      }
    }

    async function expectRecount(organization = org): Promise<void> {
      const issues = (await admin.firestore.collection(paths.issues(organization)).get()).docs.map(
        (doc): Issue => issueSchema.parse(fromDocument(doc.data())),
      );
      const cells = (await admin.firestore.collection(paths.heat(organization)).get()).docs.map(
        (doc): HeatCell => heatCellSchema.parse(fromDocument(doc.data())),
      );
      expect(issues.length).toBeGreaterThan(0);
      for (const cell of cells) {
        expect(tallyOf(cell)).toEqual(
          countIssues(issues.filter(({ buildingId }) => buildingId === cell.buildingId)),
        );
      }
      const stats = sumCells(cells);
      expect(tallyOf(stats)).toEqual(countIssues(issues));
      const token = await signInAs(`admin@${organization}.test`, stack.addresses)();
      expect((await request(stack, "GET", "/stats", { token })).body).toEqual({
        scope: `org:${organization}`,
        stats,
      });
      if (organization !== org) return;
      for (const observer of observers) {
        const last = () =>
          observer.received.findLast(({ event }) => event.type === "stats:updated")?.event as
            | StatsEvent
            | undefined;
        await observer.until(
          "the newest stats",
          () => JSON.stringify(last()?.data.stats) === JSON.stringify(stats),
        );
      }
    }
  },
);

const nameOf = (event: FaultlineEvent) =>
  "issue" in event.data ? `${event.data.issue.id} ${event.version} ${event.type}` : event.type;

function tallyOf({ byStatus, bySeverity, byCategory, weight, resolution }: Tally): Tally {
  return { byStatus, bySeverity, byCategory, weight, resolution };
}

function latencyOf(observers: readonly Observer[]): string {
  const waits = observers
    .flatMap(({ received }) => received.filter(({ event }) => event.id !== undefined))
    .map(({ event, at }) => at - Date.parse(event.time))
    .sort((a, b) => a - b);
  const percentile = (share: number) => waits[Math.floor(share * (waits.length - 1))];
  return `commit to client: p50 ${percentile(0.5)} ms, p99 ${percentile(0.99)} ms`;
}
