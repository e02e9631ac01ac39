/** What requests cost: Firestore bills every document that is read or written. */
import { startFirestore } from "@faultline/local/firestore";
import { afterAll, describe, expect, inject, it } from "vitest";
import { report, startApi } from "../../test/api.ts";

// A Firestore of its own: its ledger knows of nobody else's requests.
const server = await startFirestore({ projectId: inject("projectId") });
afterAll(() => server.stop());
const api = await startApi({}, server.address);

/** What the ledger has more of afterwards. */
async function costOf(request: () => Promise<unknown>) {
  const before = server.counters();
  await request();
  const { reads, writes, deletes } = server.counters();
  return { reads: reads - before.reads, writes: writes - before.writes, deletes: deletes - before.deletes };
}

const ask = async (method: string, path: string, body?: unknown) => {
  const answer = await api.ask(method, path, { body });
  expect(answer.status).toBeLessThan(300);
  return answer.body;
};

describe("Firestore is paid", () => {
  it("two reads and three writes for a report: building and cell; issue, history and cell", async () => {
    expect(await costOf(() => ask("POST", "/api/issues", report))).toEqual({
      reads: 2,
      writes: 3,
      deletes: 0,
    });
  });

  it.each([
    ["one read and two writes for a change that no count shows", "PATCH", "", { title: "Worse" }, [1, 2]],
    ["one read and two writes for a comment", "POST", "/comments", { text: "Seen." }, [1, 2]],
    ["two reads and two writes for a technician", "POST", "/assign", { assigneeId: "tess" }, [2, 2]],
    ["one read for what changes nothing", "PATCH", "", { title: report.title }, [1, 0]],
    ["two reads and three writes for a move that the counts show", "POST", "/resolve", {}, [2, 3]],
  ] as const)("%s", async (_what, method, path, body, [reads, writes]) => {
    const { id } = await api.report();
    const cost = await costOf(() => ask(method, `/api/issues/${id}${path}`, body));
    expect(cost).toEqual({ reads, writes, deletes: 0 });
  });

  it("three reads and no write for a report that is sent again", async () => {
    const headers = { "Idempotency-Key": "sent-again" };
    const send = () => api.ask("POST", "/api/issues", { body: report, headers });
    expect((await send()).status).toBe(201);
    const cost = await costOf(async () => expect((await send()).status).toBe(201));
    expect(cost).toEqual({ reads: 3, writes: 0, deletes: 0 });
  });

  it("one read for each issue of a list, and no more for where the next page begins", async () => {
    for (let count = 0; count < 7; count += 1) await api.report({ buildingId: "pier" });
    const list = (limit: number) => ask("GET", `/api/issues?buildingId=pier&limit=${limit}`);
    for (const limit of [1, 5]) {
      let items: readonly unknown[] = [];
      const cost = await costOf(async () => {
        const page = await list(limit);
        expect(page.nextCursor).toBeDefined();
        items = page.items;
      });
      expect(items).toHaveLength(limit);
      expect(cost).toEqual({ reads: limit, writes: 0, deletes: 0 });
    }
  });

  it("one read for each building with issues, however many issues, for the heat map and the stats", async () => {
    for (const buildingId of ["library", "pier", "pier"]) await api.report({ buildingId });
    for (const path of ["/api/heatmap", "/api/stats"])
      expect(await costOf(() => ask("GET", path))).toEqual({ reads: 2, writes: 0, deletes: 0 });
  });
});
