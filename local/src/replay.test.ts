import type { Building, Issue } from "@faultline/contract";
import { describe, expect, it } from "vitest";
import type { ApiClient } from "./api-client.ts";
import { type ReplayStep, replay, stepsOf } from "./replay.ts";
import type { ServiceRequest } from "./requests.ts";

const at = (minutes: number) => new Date(Date.UTC(2020, 0, 1, 0, minutes));
const request = (id: string, created: number, closed?: number): ServiceRequest => ({
  id,
  type: "Graffiti",
  location: { lat: 1, lng: 2 },
  createdAt: at(created),
  closedAt: closed === undefined ? undefined : at(closed),
});
const buildings = [{ id: "b", campusId: "c", name: "B", location: { lat: 1, lng: 2 } }] satisfies Building[];
const requests = [request("r1", 0, 9), request("r2", 1), request("r3", 2, 3)];

/** An API that remembers its calls; `refuse` names the keys that it does not take. */
function recorder(refuse: readonly string[] = []): { api: ApiClient; calls: string[] } {
  const calls: string[] = [];
  const api: ApiClient = {
    async create(_, key) {
      if (refuse.includes(key)) throw new Error(`no ${key}`);
      calls.push(`create ${key}`);
      return { id: key } as Issue;
    },
    async resolve(id) {
      calls.push(`resolve ${id}`);
    },
    get: () => Promise.reject(new Error("not called")),
  };
  return { api, calls };
}

describe("stepsOf", () => {
  it("puts creations and closings in the order in which they happened", () => {
    expect(stepsOf(requests).map(({ kind, request: { id } }) => `${kind} ${id}`)).toEqual([
      "create r1",
      "create r2",
      "create r3",
      "resolve r3",
      "resolve r1",
    ]);
  });
});

describe("replay", () => {
  it("creates every request under a key of its own and resolves those that were closed", async () => {
    const { api, calls } = recorder();
    const result = await replay({
      api,
      requests,
      buildings,
      speed: Number.POSITIVE_INFINITY,
      concurrency: 1,
    });
    expect(calls).toEqual([
      "create replay-r1",
      "create replay-r2",
      "create replay-r3",
      "resolve replay-r3",
      "resolve replay-r1",
    ]);
    expect(result).toMatchObject({ created: 3, resolved: 2, failed: 0 });
  });

  it("never resolves an issue before it is created, however many requests are in flight", async () => {
    const { api, calls } = recorder();
    const slow: ApiClient = {
      ...api,
      create: async (issue, key) => {
        await new Promise((resolve) => setImmediate(resolve));
        return api.create(issue, key);
      },
    };
    await replay({
      api: slow,
      requests: [request("r1", 0, 1)],
      buildings,
      speed: Number.POSITIVE_INFINITY,
      concurrency: 8,
    });
    expect(calls).toEqual(["create replay-r1", "resolve replay-r1"]);
  });

  it("creates before it resolves also when both happened in the same moment", async () => {
    const { api } = recorder();
    const many = Array.from({ length: 300 }, (_, i) => request(`r${i}`, i / 100, i / 100));
    const result = await replay({ api, requests: many, buildings, speed: 1_000 });
    expect(result).toMatchObject({ created: 300, resolved: 300, failed: 0 });
  });

  it("counts what failed, says why, and goes on", async () => {
    const { api, calls } = recorder(["replay-r3"]);
    const failures: string[] = [];
    const onStep = ({ kind, request: { id } }: ReplayStep, error?: unknown) => {
      if (error) failures.push(`${kind} ${id}: ${(error as Error).message}`);
    };
    const result = await replay({ api, requests, buildings, speed: Number.POSITIVE_INFINITY, onStep });
    expect(result).toMatchObject({ created: 2, resolved: 1, failed: 2 });
    expect(failures.sort()).toEqual(["create r3: no replay-r3", "resolve r3: no replay-r3"]);
    expect(calls).toContain("resolve replay-r1");
  });

  it("keeps the recorded pace, as many times faster as asked", async () => {
    const { api } = recorder();
    // One minute of history, 3,000 times as fast, is 20 ms; the clock can only be later than that.
    const result = await replay({ api, requests: requests.slice(0, 2), buildings, speed: 3_000 });
    expect(result.seconds).toBeGreaterThanOrEqual(0.019);
  });
});
