import { EventEmitter } from "node:events";
import { type HeatmapEvent, type Principal, parseRoom, roomKey } from "@faultline/contract";
import type { Response } from "express";
import { expect, it } from "vitest";
import { ManualClock } from "../../test/clock.ts";
import { cellOf } from "../../test/fixtures.ts";
import { silent } from "../../test/services.ts";
import { createMemberChanges } from "../access/changes.ts";
import { Agenda } from "../base/agenda.ts";
import { createConnections } from "../connections/connections.ts";
import { createDispatch } from "../dispatch/dispatch.ts";
import { messageOf } from "../dispatch/encode.ts";
import type { Ingest } from "../ingest/ingest.ts";
import { noMetrics } from "../metrics/metrics.ts";
import { createReplay } from "../replay/replay.ts";
import { createState } from "../state/state.ts";
import { openStream, streamTiming } from "./stream.ts";
import { streamKinds } from "./stream_kinds.ts";

const organizationId = "org";
const principal: Principal = {
  uid: "someone",
  organizationId,
  role: "viewer",
  issuedAt: 0,
  expiresAt: 2_000_000_000,
};

/** A socket that keeps what is written to it, as if everybody read at once. */
class FakeSocket extends EventEmitter {
  readonly written: string[] = [];
  readonly writableLength = 0;
  writableEnded = false;

  write(chunk: string | Buffer): boolean {
    if (this.writableEnded) throw new Error("written after its end");
    return this.written.push(String(chunk)) > 0;
  }

  end(): void {
    this.writableEnded = true;
  }
}

/** A response of which only the socket matters once its head is written. */
class FakeResponse extends EventEmitter {
  readonly socket = new FakeSocket();
  readonly removeHeader = () => {};
  readonly flushHeaders = () => {};
  readonly writeHead = () => this;
}

it("nothing comes before the snapshot, however the state and its changes race; nothing after the end", async () => {
  const clock = new ManualClock();
  const dispatch = createDispatch(silent);
  let finishLoading = () => {};
  const load = () =>
    new Promise<[]>((resolve) => {
      finishLoading = () => resolve([]);
    });
  const state = createState({ load, dispatch, clock, logger: silent });
  const watch = { position: () => "0-0", caughtUp: async () => {}, hasEnded: () => false, end: () => {} };
  const ingest: Pick<Ingest, "watch"> = { watch: async () => watch };
  const authorize = async () => [parseRoom("heatmap:org")];
  const replay = createReplay({ log: { before: async () => [] }, clock });
  const services = { dispatch, replay, state, authorize, ingest: ingest as Ingest, metrics: noMetrics };
  const changes = createMemberChanges({
    redis: { get: async () => null, mget: async () => [] },
    clock,
    logger: silent,
    metrics: noMetrics,
  });
  const connections = createConnections({ changes, dispatch, clock });
  const response = new FakeResponse();
  await openStream(
    { requestId: "1", route: "heatmap", kind: streamKinds.heatmap, principal, names: ["heatmap:org"] },
    response as unknown as Response,
    { services, connections, clock, agenda: new Agenda(clock), logger: silent, timing: streamTiming },
  );
  const event: HeatmapEvent = {
    type: "heatmap:updated",
    organizationId,
    time: "2026-01-31T08:00:00Z",
    data: { cells: [cellOf("library", 1, 1)] },
  };
  const change = () => dispatch.send(messageOf(event), [roomKey(organizationId, parseRoom("heatmap:org"))]);
  change();
  finishLoading();
  const names = () => response.socket.written.map((text) => text.split("\n", 1)[0]);
  await expect.poll(() => names().length).toBeGreaterThan(1);
  change();
  await expect.poll(() => names().length).toBeGreaterThan(3);
  expect(names()).toEqual(["retry: 3000", "id: 0-0", "event: snapshot", "event: heatmap:updated"]);

  response.socket.end();
  change();
  clock.advance(streamTiming.heartbeatMs);
  response.socket.emit("close");
  clock.advance(streamTiming.heartbeatMs);
  expect(response.socket.written).toHaveLength(4);
  expect(clock.pending).toBe(0);
});
