/** The relay's own counters, gauges and histograms. `docs/OPERATIONS.md` tells an operator what each one means. */
import { Counter, Gauge, Histogram, type Registry } from "prom-client";

/** From the change's way inside one data centre to a publisher that had to be tried again. */
const latencyBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
const httpBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Up to the hour after which Cloud Run ends a request. */
const durationBuckets = [1, 10, 30, 60, 300, 900, 1_800, 3_600];

export type Instruments = ReturnType<typeof createInstruments>;

export function createInstruments(registry: Registry) {
  return {
    ...connectionInstruments(makers(registry)),
    ...deliveryInstruments(makers(registry)),
    ...processInstruments(makers(registry)),
  };
}

type Makers = ReturnType<typeof makers>;

/** All names start alike; a counter's ends in `_total`, as Prometheus wants it. */
function makers(registry: Registry) {
  const common = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) => ({
    name: `faultline_relay_${name}`,
    help,
    labelNames: [...labelNames],
    registers: [registry],
  });
  return {
    counter: <Label extends string>(name: string, help: string, ...labels: Label[]) =>
      new Counter(common(`${name}_total`, help, labels)),
    gauge: <Label extends string>(name: string, help: string, ...labels: Label[]) =>
      new Gauge(common(name, help, labels)),
    histogram: <Label extends string>(name: string, help: string, buckets: number[], ...labels: Label[]) =>
      new Histogram({ ...common(`${name}_seconds`, help, labels), buckets }),
  };
}

function connectionInstruments({ counter, gauge, histogram }: Makers) {
  return {
    connections: gauge("connections", "Connections that are open.", "transport"),
    opened: counter("connections_opened", "Connections that were opened.", "transport"),
    closed: counter("connections_closed", "Connections that ended.", "transport", "reason"),
    duration: histogram("connection_duration", "How long they were open.", durationBuckets, "transport"),
    refusals: counter("refusals", "Connections that were refused.", "transport", "reason"),
    authenticationFailures: counter("authentication_failures", "Refused tokens and tickets.", "reason"),
    subscriptions: gauge("subscriptions", "Rooms that subscribers are in.", "transport", "kind"),
    received: counter("messages_received", "Messages of Socket.IO clients.", "name", "outcome"),
    slowConsumers: counter("slow_consumers", "Connections that read too slowly.", "transport"),
    streams: gauge("streams", "Event streams that are open, by their route.", "stream"),
    streamsOpened: counter("streams_opened", "Event streams that were opened.", "stream"),
    streamErrors: counter("stream_errors", "Event streams that broke or failed to open.", "stream"),
  };
}

function deliveryInstruments({ counter, histogram }: Makers) {
  return {
    dispatched: counter("messages_dispatched", "Messages, however many got them.", "transport", "name"),
    sent: counter("messages_sent", "Messages, once for each that got them.", "transport", "name"),
    sentBytes: counter("sent_bytes", "Bytes of the messages sent.", "transport"),
    fromCommit: histogram("delivery_from_commit", "From commit to sending.", latencyBuckets, "transport"),
    fromAppend: histogram("delivery_from_append", "From append to sending.", latencyBuckets, "transport"),
    replays: counter("replays", "Subscriptions that named a position.", "transport", "outcome"),
    replayedEntries: counter("replayed_entries", "Entries that were sent again.", "transport"),
    gaps: counter("gaps_found", "Pushes that did not follow the one before."),
    duplicates: counter("duplicates_dropped", "Entries that came again."),
    logLosses: counter("log_losses", "Times that what was missed was no longer in the log."),
    logReads: counter("log_reads", "Commands that read a log."),
    logEntries: counter("log_entries_read", "Entries that those commands gave."),
    malformed: counter("malformed", "What came from Redis and could not be read.", "what"),
    coalesced: counter("coalesced", "State values replaced before they were sent.", "kind"),
  };
}

function processInstruments({ counter, gauge, histogram }: Makers) {
  return {
    http: histogram("http_request_duration", "Time to answer.", httpBuckets, "route", "method", "status"),
    redisUp: gauge("redis_up", "Whether a connection to Redis is usable.", "client"),
    redisLosses: counter("redis_losses", "Times that a connection to Redis was lost.", "client"),
    draining: gauge("draining", "Whether the relay is on its way out."),
    overloaded: gauge("overloaded", "Whether new connections are refused for want of this.", "strain"),
    info: gauge("info", "Always 1; the version that runs.", "version"),
  };
}
