/** Vitest's global setup of the e2e tests: a stack for all who can share one. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tellWhatWasSkipped } from "@faultline/local/testing/wanted";
import type {} from "vitest";
import type { TestProject } from "vitest/node";
import { type StackUnderTest, startStackUnderTest } from "./stack.ts";

/** Starts it when the first test asks for it, so that a file which does not is not kept waiting. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let starting: Promise<StackUnderTest> | undefined;
  const server = createServer((_request, response) => {
    starting ??= startStackUnderTest();
    starting.then(
      ({ settings, addresses, environment, relays, redisUrl }) =>
        response.end(JSON.stringify({ settings, addresses, environment, relays, redisUrl })),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  project.provide("sharedStackUrl", `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return async () => {
    server.close();
    server.closeAllConnections();
    const stack = await starting?.catch(() => undefined);
    await stack?.stop();
    tellWhatWasSkipped(console.warn);
  };
}

declare module "vitest" {
  interface ProvidedContext {
    /** What answers where the run's shared stack is. */
    sharedStackUrl: string;
  }
}
