import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { discoverTriggers } from "./discover.ts";

const filters = { database: "(default)", namespace: "(default)" };

/** An entry as the Functions emulator 15.34 lists it at /backends. */
const entry = (name: string, platform: string, trigger: object) => ({
  entryPoint: name,
  platform,
  region: "us-central1",
  name,
  id: `us-central1-${name}`,
  codebase: "default",
  availableMemoryMb: 256,
  labels: {},
  timeoutSeconds: 60,
  secretEnvironmentVariables: [],
  ...trigger,
});

const firestoreTrigger = (kind: string, document: string) => ({
  eventTrigger: {
    eventType: `google.cloud.firestore.document.v1.${kind}`,
    eventFilters: filters,
    eventFilterPathPatterns: { document },
  },
});

const listed = {
  backends: [
    {
      directory: "/functions",
      env: {},
      functionTriggers: [
        entry("onIssue", "gcfv2", firestoreTrigger("written", "organizations/{org}/issues/{issue}")),
        entry("onAlert", "gcfv2", {
          region: "europe-west1",
          eventTrigger: {
            eventType: "google.cloud.firestore.document.v1.created",
            eventFilters: { ...filters, document: "alerts/one" },
            eventFilterPathPatterns: {},
          },
        }),
        entry("api", "gcfv2", { httpsTrigger: {} }),
        entry("onTopic", "gcfv2", {
          eventTrigger: { eventType: "google.cloud.pubsub.topic.v1.messagePublished", resource: "t" },
        }),
        entry("old", "gcfv1", {
          eventTrigger: { eventType: "providers/cloud.firestore/eventTypes/document.write", resource: "r" },
        }),
      ],
    },
  ],
};

async function emulator(status: number, body: object): Promise<string> {
  const server = createServer((request, response) => {
    response.writeHead(request.url === "/backends" ? status : 404, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("the discovery", () => {
  it("finds the 2nd-gen Firestore triggers and where to reach them", async () => {
    const functionsUrl = await emulator(200, listed);
    const base = `${functionsUrl}/functions/projects/demo-x/triggers`;
    expect(await discoverTriggers({ functionsUrl, projectId: "demo-x" })).toEqual([
      {
        name: "onIssue",
        url: `${base}/us-central1-onIssue-0`,
        document: "organizations/{org}/issues/{issue}",
        eventType: "google.cloud.firestore.document.v1.written",
        retry: true,
      },
      {
        name: "onAlert",
        url: `${base}/europe-west1-onAlert-0`,
        document: "alerts/one",
        eventType: "google.cloud.firestore.document.v1.created",
        retry: true,
      },
    ]);
  });

  it("says so when it asks something that is no Functions emulator", async () => {
    const functionsUrl = await emulator(500, {});
    await expect(discoverTriggers({ functionsUrl, projectId: "demo-x" })).rejects.toThrow("500");
  });
});
