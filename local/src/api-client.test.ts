import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { CreateIssue } from "@faultline/contract";
import { afterEach, describe, expect, it } from "vitest";
import { type ApiClient, ApiRefusal, createApiClient } from "./api-client.ts";

const issue: CreateIssue = {
  buildingId: "library",
  title: "Tap drips",
  description: "",
  category: "plumbing",
  severity: "high",
};
const problem = (status: number, reason: string, retry: boolean) => ({
  status,
  type: "application/problem+json",
  body: { code: "x", reason, status, detail: `It is ${reason}.`, retry },
});

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A server that gives the answers in turn, and a client of it. */
async function serve(...answers: { status: number; type: string; body: unknown }[]) {
  const requests: IncomingMessage[] = [];
  server = createServer((request, response) => {
    const answer = answers[Math.min(requests.push(request), answers.length) - 1];
    response
      .writeHead(answer?.status ?? 500, { "content-type": answer?.type ?? "text/plain" })
      .end(JSON.stringify(answer?.body));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const client: ApiClient = createApiClient({
    api: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token: async () => "the-token",
  });
  return { client, requests };
}

const created = { status: 201, type: "application/json", body: { id: "i1" } };

describe("createApiClient", () => {
  it("sends the token and the idempotency key", async () => {
    const { client, requests } = await serve(created);
    expect(await client.create(issue, "key-1")).toEqual({ id: "i1" });
    expect(requests[0]?.headers).toMatchObject({
      authorization: "Bearer the-token",
      "idempotency-key": "key-1",
    });
  });

  it("tries again, with the same key, when that can help", async () => {
    const { client, requests } = await serve(
      problem(503, "unavailable", true),
      { status: 502, type: "text/html", body: "a proxy's page" },
      created,
    );
    expect(await client.create(issue, "key-1")).toEqual({ id: "i1" });
    expect(requests.map(({ headers }) => headers["idempotency-key"])).toEqual(["key-1", "key-1", "key-1"]);
  });

  it("gives up at once on a refusal, with its reason", async () => {
    const { client, requests } = await serve(problem(404, "building-unknown", false));
    const refusal = await client.create(issue, "key-1").catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ApiRefusal);
    expect(refusal).toMatchObject({
      message: "It is building-unknown. (building-unknown)",
      body: { reason: "building-unknown" },
    });
    expect(requests).toHaveLength(1);
  });

  it("takes an issue that is resolved already as resolved", async () => {
    const { client } = await serve(problem(412, "move-illegal", false));
    await expect(client.resolve("i1")).resolves.toBeUndefined();
  });
});
