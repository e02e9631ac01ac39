/**
 * A span for each delivery of a change whose request was traced. It goes to whichever OpenTelemetry SDK the process was
 * started with; without one it goes nowhere, at no cost.
 */
import { ROOT_CONTEXT, type SpanContext, SpanKind, trace } from "@opentelemetry/api";
import { version } from "../base/version.ts";

export interface Delivery {
  /** The event's type. */
  readonly name: string;
  readonly position: string;
  /** The trace context of the request that made the change. */
  readonly traceparent: string;
}

const tracer = trace.getTracer("faultline-relay", version);

/** Calls `deliver`, within a span of the trace. */
export function traced<T>({ name, position, traceparent }: Delivery, deliver: () => T): T {
  const attributes = { "faultline.event": name, "faultline.position": position };
  const parent = trace.setSpanContext(ROOT_CONTEXT, spanContextOf(traceparent));
  const span = tracer.startSpan("faultline.deliver", { kind: SpanKind.CONSUMER, attributes }, parent);
  try {
    return deliver();
  } finally {
    span.end();
  }
}

/** The trace's id. */
export function traceIdOf(traceparent: string): string {
  return spanContextOf(traceparent).traceId;
}

function spanContextOf(traceparent: string): SpanContext {
  const [, traceId = "", spanId = "", flags = ""] = traceparent.split("-");
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
}
