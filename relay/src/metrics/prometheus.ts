/** The metrics, kept for Prometheus. */
import { collectDefaultMetrics, Registry } from "prom-client";
import { strains } from "../admission/vitals.ts";
import { transports } from "../dispatch/subscriber.ts";
import { createInstruments, type Instruments } from "./instruments.ts";
import {
  type HttpAnswer,
  type Latency,
  type Metrics,
  malformedThings,
  replayOutcomes,
  type Sent,
  stateKinds,
} from "./metrics.ts";

/** What Prometheus reads. */
export interface Exposition {
  readonly contentType: string;
  text(): Promise<string>;
}

export interface PrometheusMetrics {
  readonly metrics: Metrics;
  readonly exposition: Exposition;
}

/** Includes the process's own: CPU, memory, event-loop lag, garbage collection. `version` is the relay's. */
export function createMetrics(version: string): PrometheusMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const instruments = createInstruments(registry);
  instruments.info.set({ version }, 1);
  beginAtZero(instruments);
  return {
    metrics: {
      ...connectionMetrics(instruments),
      ...deliveryMetrics(instruments),
      ...processMetrics(instruments),
    },
    exposition: { contentType: registry.contentType, text: () => registry.metrics() },
  };
}

/** An alert on a counter's growth sees no first growth of one that was not there before. */
function beginAtZero(instruments: Instruments): void {
  const { connections, slowConsumers, replays, malformed, coalesced } = instruments;
  instruments.draining.set(0);
  for (const strain of strains) instruments.overloaded.set({ strain }, 0);
  for (const transport of transports) {
    connections.set({ transport }, 0);
    slowConsumers.inc({ transport }, 0);
    for (const outcome of replayOutcomes) replays.inc({ transport, outcome }, 0);
  }
  for (const what of malformedThings) malformed.inc({ what }, 0);
  for (const kind of stateKinds) coalesced.inc({ kind }, 0);
}

type ConnectionMetrics = Pick<
  Metrics,
  | "connected"
  | "disconnected"
  | "refused"
  | "authenticationFailed"
  | "subscribed"
  | "unsubscribed"
  | "received"
  | "slowConsumer"
  | "streamOpened"
  | "streamClosed"
  | "streamFailed"
>;
type ProcessMetrics = Pick<Metrics, "httpAnswered" | "redisState" | "draining" | "overloaded">;
type DeliveryMetrics = Omit<Metrics, keyof ConnectionMetrics | keyof ProcessMetrics>;

function connectionMetrics(instruments: Instruments): ConnectionMetrics {
  const { connections, opened, closed, duration, refusals, subscriptions } = instruments;
  const { streams, streamsOpened, streamErrors } = instruments;
  return {
    connected(transport) {
      connections.inc({ transport });
      opened.inc({ transport });
    },
    disconnected(transport, reason, seconds) {
      connections.dec({ transport });
      closed.inc({ transport, reason });
      duration.observe({ transport }, seconds);
    },
    refused: (transport, reason) => refusals.inc({ transport, reason }),
    authenticationFailed: (reason) => instruments.authenticationFailures.inc({ reason }),
    subscribed: (transport, kind) => subscriptions.inc({ transport, kind }),
    unsubscribed: (transport, kind) => subscriptions.dec({ transport, kind }),
    received: (name, outcome) => instruments.received.inc({ name, outcome }),
    slowConsumer: (transport) => instruments.slowConsumers.inc({ transport }),
    streamOpened(stream) {
      streams.inc({ stream });
      streamsOpened.inc({ stream });
    },
    streamClosed: (stream) => streams.dec({ stream }),
    streamFailed: (stream) => streamErrors.inc({ stream }),
  };
}

function deliveryMetrics(instruments: Instruments): DeliveryMetrics {
  const { dispatched, sent, sentBytes, fromCommit, fromAppend, logReads, logEntries } = instruments;
  return {
    sent({ transport, name, subscribers, bytes }: Sent) {
      dispatched.inc({ transport, name });
      sent.inc({ transport, name }, subscribers);
      sentBytes.inc({ transport }, subscribers * bytes);
    },
    delivered({ transport, fromCommitMs, fromAppendMs }: Latency) {
      fromCommit.observe({ transport }, secondsOf(fromCommitMs));
      fromAppend.observe({ transport }, secondsOf(fromAppendMs));
    },
    replayed(transport, outcome, entries) {
      instruments.replays.inc({ transport, outcome });
      instruments.replayedEntries.inc({ transport }, entries);
    },
    gapFound: () => instruments.gaps.inc(),
    duplicateDropped: () => instruments.duplicates.inc(),
    logLost: () => instruments.logLosses.inc(),
    logRead(entries) {
      logReads.inc();
      logEntries.inc(entries);
    },
    malformed: (what) => instruments.malformed.inc({ what }),
    coalesced: (kind) => instruments.coalesced.inc({ kind }),
  };
}

function processMetrics({ http, redisUp, redisLosses, draining, overloaded }: Instruments): ProcessMetrics {
  const up = new Set<string>();
  return {
    httpAnswered: ({ seconds, status, ...labels }: HttpAnswer) =>
      http.observe({ ...labels, status: String(status) }, seconds),
    redisState(client, isUp) {
      if (up.has(client) && !isUp) redisLosses.inc({ client });
      if (isUp) up.add(client);
      else up.delete(client);
      redisUp.set({ client }, Number(isUp));
    },
    draining: (isDraining) => draining.set(Number(isDraining)),
    overloaded: (strain, isOverloaded) => overloaded.set({ strain }, Number(isOverloaded)),
  };
}

/** The clocks of other machines may be a little ahead of ours. */
function secondsOf(milliseconds: number): number {
  return Math.max(0, milliseconds) / 1_000;
}
