import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHealthRoutes } from "./health.ts";

const health = { isRedisUp: true, isDraining: false };
const routes = createHealthRoutes({
  isRedisUp: () => health.isRedisUp,
  isDraining: () => health.isDraining,
});
const server = createServer(express().use(routes));
let url: string;

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

describe("health", () => {
  it.each([
    [true, false, 200, { status: "ready", failing: [] }],
    [false, false, 503, { status: "unavailable", failing: ["redis"] }],
    [true, true, 503, { status: "unavailable", failing: ["draining"] }],
    [false, true, 503, { status: "unavailable", failing: ["redis", "draining"] }],
  ])(
    "with Redis up: %s, draining: %s answers %i and says why",
    async (isRedisUp, isDraining, status, body) => {
      Object.assign(health, { isRedisUp, isDraining });
      const ready = await fetch(`${url}/readyz`);
      expect(ready.status).toBe(status);
      expect(await ready.json()).toEqual(body);
      expect((await fetch(`${url}/healthz`)).status).toBe(200);
    },
  );
});
