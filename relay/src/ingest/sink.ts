/** What becomes of the entries of the log: events for subscribers, cells for the state. */
import type { Logger } from "pino";
import { everybodyKey } from "../access/rooms.ts";
import type { Clock } from "../base/clock.ts";
import type { Dispatch } from "../dispatch/dispatch.ts";
import { lostMessage } from "../dispatch/encode.ts";
import type { Reach } from "../dispatch/post.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { traced, traceIdOf } from "../metrics/trace.ts";
import { outgoingOf } from "../replay/outgoing.ts";
import type { Replay } from "../replay/replay.ts";
import type { State } from "../state/state.ts";
import type { IngestSink } from "./ingest.ts";

export interface SinkOptions {
  readonly dispatch: Dispatch;
  readonly replay: Replay;
  readonly state: State;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

export function createSink({ dispatch, replay, state, clock, metrics, logger }: SinkOptions): IngestSink {
  /** The position's milliseconds are the time of the append, by Redis's clock. */
  const measure = (time: string, position: string, { socket, stream }: Reach) => {
    const now = clock.now();
    const latency = {
      fromCommitMs: now - Date.parse(time),
      fromAppendMs: now - Number.parseInt(position, 10),
    };
    if (socket > 0) metrics.delivered({ transport: "socket", ...latency });
    if (stream > 0) metrics.delivered({ transport: "stream", ...latency });
  };
  return {
    deliver(organizationId, placed) {
      const outgoing = outgoingOf(organizationId, placed);
      replay.remember(organizationId, outgoing);
      const { message, position, rooms } = outgoing;
      if (!placed.entry || !message) return;
      const { event, cells, traceparent } = placed.entry;
      const about = { name: event.type, position };
      const onSent = (reach: Reach) => {
        measure(event.time, position, reach);
        if (traceparent !== undefined)
          logger.debug({ ...about, traceId: traceIdOf(traceparent), reach }, "delivered");
      };
      const send = () => dispatch.send(message, rooms, { onSent });
      if (traceparent === undefined) send();
      else traced({ ...about, traceparent }, send);
      state.apply(organizationId, cells);
    },
    lost(organizationId, position) {
      metrics.logLost();
      replay.forget(organizationId);
      dispatch.send(lostMessage(position), [everybodyKey(organizationId)]);
      state.refresh(organizationId);
    },
    idle(organizationId) {
      replay.forget(organizationId);
      state.drop(organizationId);
    },
  };
}
