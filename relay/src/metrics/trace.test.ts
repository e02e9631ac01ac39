import { type Context, ProxyTracerProvider, type Span, type Tracer, trace } from "@opentelemetry/api";
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from "vitest";
import { openClient, transports } from "../../test/client.ts";
import { entryOf, issueEvent, seed } from "../../test/fixtures.ts";
import { isNamed } from "../../test/inbox.ts";
import { createPublisher } from "../../test/publisher.ts";
import { type RunningRelay, runRelay } from "../../test/relay.ts";
import { newOrganization, useFirestore } from "../../test/services.ts";
import { unsignedToken } from "../../test/tokens.ts";

interface Started {
  readonly name: string;
  readonly position: unknown;
  readonly traceId: string | undefined;
  readonly parent: string | undefined;
  hasEnded: boolean;
}

const firestore = useFirestore();
const started: Started[] = [];
let relay: RunningRelay;

/** Of an SDK, what writes down the spans that are started. */
const recorder: Pick<Tracer, "startSpan"> = {
  startSpan(name, options, context) {
    const parent = trace.getSpanContext(context as Context);
    const position = options?.attributes?.["faultline.position"];
    const span = { name, position, traceId: parent?.traceId, parent: parent?.spanId, hasEnded: false };
    started.push(span);
    return { end: () => Object.assign(span, { hasEnded: true }) } as unknown as Span;
  },
};

beforeAll(async () => {
  // Firestore asks for a tracer, too.
  const silent = new ProxyTracerProvider();
  trace.setGlobalTracerProvider({
    getTracer: (name) => (name === "faultline-relay" ? (recorder as Tracer) : silent.getTracer(name)),
  });
  relay = await runRelay({ firestore });
});
afterAll(async () => {
  trace.disable();
  await relay.close();
});

async function watch(transport: (typeof transports)[number]) {
  const organizationId = newOrganization();
  await seed(firestore, organizationId);
  const publisher = createPublisher(inject("redisUrl"), organizationId);
  onTestFinished(publisher.close);
  const token = unsignedToken({ organizationId });
  const { inbox, close } = await openClient(transport, relay.url, token, ["building:library"]);
  onTestFinished(close);
  return { publisher, inbox, entry: entryOf(issueEvent(organizationId, "library")) };
}

describe.each(transports)("a delivery to a %s", (transport) => {
  it("is a span of the trace of the request that made the change", async () => {
    const { publisher, inbox, entry } = await watch(transport);
    const [traceId, parent] = ["ab".repeat(16), "cd".repeat(8)];
    const position = await publisher.publish({ ...entry, traceparent: `00-${traceId}-${parent}-01` });
    await inbox.first(isNamed("issue:created"));
    const own = started.filter((span) => span.position === position);
    expect(own).toEqual([{ name: "faultline.deliver", position, traceId, parent, hasEnded: true }]);
  });

  it.each([undefined, "00-made-up"])("is delivered all the same with the trace %s", async (traceparent) => {
    const { publisher, inbox, entry } = await watch(transport);
    const position = await publisher.publish({ ...entry, traceparent });
    await inbox.first(isNamed("issue:created"));
    expect(started.filter((span) => span.position === position)).toEqual([]);
  });
});
