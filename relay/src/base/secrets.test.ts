/** Secrets stay out of the log at its most talkative, whichever door they come to and in whatever shape. */
import { createVerifier } from "@faultline/identity";
import { startRedis } from "@faultline/local/redis";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, onTestFinished } from "vitest";
import { seed } from "../../test/fixtures.ts";
import { handshake } from "../../test/handshake.ts";
import { captureLog } from "../../test/log.ts";
import { listen, type RunningRelay, runRelay } from "../../test/relay.ts";
import { newOrganization, useFirestore } from "../../test/services.ts";
import { openSocket, refusalOf } from "../../test/socket.ts";
import { openStream } from "../../test/stream.ts";
import { unsignedToken } from "../../test/tokens.ts";

const firestore = useFirestore();
const organizationId = newOrganization();
const { logger, lines } = captureLog("trace");
const metricsToken = "the-token-of-the-metrics";
let relay: RunningRelay;
let token: string;

beforeAll(async () => {
  relay = await runRelay({ firestore, logger, metricsToken, polling: true });
  await seed(firestore, organizationId);
});
afterAll(() => relay.close());
beforeEach(() => {
  lines.length = 0;
  token = unsignedToken({ organizationId, role: "admin", uid: `user-${Math.random()}` });
});

type Headers = Readonly<Record<string, string>>;
const bearer = (text: string): Headers => ({ authorization: `Bearer ${text}` });

async function knock(path: string, headers: Headers = {}, method = "GET", body?: string): Promise<Response> {
  const abort = new AbortController();
  onTestFinished(() => abort.abort());
  const { signal } = abort;
  return fetch(`${relay.url}${path}`, { method, headers, signal, ...(body !== undefined && { body }) });
}

async function newTicket(): Promise<string> {
  const answer = await knock("/api/realtime/tickets", bearer(token), "POST");
  return ((await answer.json()) as { ticket: string }).ticket;
}

/** Waits until what came before has been logged, and looks for what must not be there. */
async function expectSilence(secrets: readonly string[], written = lines): Promise<void> {
  await fetch(`${relay.url}/healthz`);
  await expect.poll(() => written.length, { timeout: 5_000 }).toBeGreaterThan(0);
  const text = JSON.stringify(written);
  for (const secret of secrets) {
    for (const part of [secret, ...secret.split(".")]) {
      if (part.length >= 8) expect(text).not.toContain(part);
    }
  }
  expect(text).not.toMatch(/bearer /i);
  expect(text).not.toContain("?");
}

const kinds = ["issues", "heatmap", "stats", "events"] as const;
const realtime = "/api/realtime";

const byToken: readonly (readonly [string, (token: string) => Promise<unknown>])[] = [
  ["a ticket asked for", (text) => knock(`${realtime}/tickets`, bearer(text), "POST")],
  ["a ticket asked for in the body", (text) => knock(`${realtime}/tickets`, {}, "POST", `token=${text}`)],
  ["a ticket asked for in the URL", (text) => knock(`${realtime}/tickets?token=${text}`, {}, "POST")],
  ["the status", (text) => knock(`${realtime}/status`, bearer(text))],
  ["the metrics", (text) => knock("/metrics", bearer(text))],
  ...kinds.flatMap((kind): (readonly [string, (token: string) => Promise<unknown>])[] => [
    [`${kind}, by header`, (text) => knock(`${realtime}/${kind}`, bearer(text))],
    [`${kind}, in the URL`, (text) => knock(`${realtime}/${kind}?token=${text}`)],
  ]),
  ["another scheme", (text) => knock(`${realtime}/events`, { authorization: `Basic ${text}` })],
  ["two tokens in one header", (text) => knock(`${realtime}/events`, bearer(`${text} ${text}`))],
  ["the place of a ticket", (text) => knock(`${realtime}/events?ticket=${text}`)],
  ["the place of a room", (text) => knock(`${realtime}/events?room=building:${text}`, bearer(token))],
  ["the place of a position", (text) => knock(`${realtime}/events?since=${text}`, bearer(token))],
  ["the place of the last id", (text) => knock(`${realtime}/events`, { "last-event-id": text })],
  ["the place of a path", (text) => knock(`/${text}`)],
  ["the place of a route", (text) => knock(`${realtime}/${text}`, bearer(text), "DELETE")],
  ["a socket's URL", (text) => handshake(relay.url, "websocket", { "x-token": text, cookie: text })],
  ["a poll's headers", (text) => handshake(relay.url, "polling", bearer(text))],
];

describe.each([
  ["a good token", () => token],
  ["a token that was tampered with", () => `${token}tampered`],
  ["a token that has expired", () => unsignedToken({ organizationId, expiresIn: -60 })],
  ["a token of another project", () => unsignedToken({ organizationId, projectId: "elsewhere" })],
  ["what is no token", () => "s3cret-and-no-token"],
])("%s", (_, secretOf) => {
  it.each(byToken)("leaves no trace through: %s", async (_door, come) => {
    const secret = secretOf();
    await come(secret);
    await expectSilence([secret, token]);
  });

  it("leaves no trace as the token of a socket", async () => {
    const secret = secretOf();
    const client = await openSocket(relay.url, secret).catch(() => undefined);
    client?.close();
    await expectSilence([secret]);
  });

  it("leaves no trace in anything that a socket sends", async () => {
    const secret = secretOf();
    const client = await openSocket(relay.url, token);
    onTestFinished(client.close);
    const { socket } = client;
    await client.subscribe([`building:${secret}`, secret]);
    await client.subscribe(["building:library"], secret);
    await client.unsubscribe([secret]);
    await socket.emitWithAck("authenticate", { token: secret });
    await socket.emitWithAck("authenticate", { token: [secret] });
    await socket.emitWithAck("subscribe", { rooms: [], [secret]: secret });
    socket.emit("error", secret, { message: secret });
    socket.emit(secret, secret);
    const gone = new Promise((resolve) => socket.once("disconnect", resolve));
    socket.io.engine.write(`2{"${secret}`);
    await gone;
    await expectSilence([secret, token]);
  });
});

describe("a ticket", () => {
  it("leaves no trace, whether it is good, used, unknown or in the wrong place", async () => {
    const ticket = await newTicket();
    const stream = await openStream(relay.url, `events?ticket=${ticket}`);
    stream.close();
    await knock(`${realtime}/events?ticket=${ticket}`);
    await knock(`${realtime}/events?ticket=${ticket}x`);
    await knock(`${realtime}/events?ticket=${ticket}&ticket=${ticket}`);
    await knock(`${realtime}/status?ticket=${ticket}`);
    await knock(`${realtime}/events`, bearer(ticket));
    await knock(`/${ticket}`);
    await expectSilence([ticket, token]);
  });
});

describe("the token of the metrics", () => {
  it("leaves no trace, right or wrong", async () => {
    expect((await knock("/metrics", bearer(metricsToken))).status).toBe(200);
    expect((await knock("/metrics", bearer(`${metricsToken}x`))).status).toBe(401);
    expect((await knock(`/metrics?token=${metricsToken}`)).status).toBe(401);
    await expectSilence([metricsToken]);
  });
});

describe("what a socket shows in place of a token", () => {
  it.each([
    [{ token: ["s3cret-in-a-list"] }],
    [{ token: { s3cret: "in-an-object" } }],
    [{ s3cret: "elsewhere" }],
  ])("%j leaves no trace", async (auth) => {
    await refusalOf(relay.url, auth);
    await expectSilence(["s3cret", "s3cret-in-a-list", "in-an-object"]);
  });
});

describe("when something that is needed is out of reach", () => {
  it("no token or ticket is in what is said about it", async () => {
    const redis = await startRedis();
    const own = captureLog("trace");
    const cut = await listen({ firestore, logger: own.logger, redisUrl: redis.url });
    onTestFinished(cut.close);
    await cut.ready();
    await redis.stop();
    const ticket = "a-ticket-that-can-not-be-looked-up";
    const answers = await Promise.all([
      fetch(`${cut.url}${realtime}/tickets`, { method: "POST", headers: bearer(token) }),
      fetch(`${cut.url}${realtime}/events?ticket=${ticket}`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([503, 503]);
    expect(JSON.stringify(own.lines)).toContain("out of reach");
    await expectSilence([token, ticket], own.lines);
  });

  it("no token is in what is said about keys that can't be had", async () => {
    const own = captureLog("trace");
    const verify = createVerifier({ projectId: inject("projectId"), keysUrl: "http://127.0.0.1:9/" });
    const keyless = await runRelay({ firestore, logger: own.logger, verify });
    onTestFinished(keyless.close);
    const [head, body] = [{ alg: "RS256", kid: "k" }, { sub: "someone" }].map((part) =>
      Buffer.from(JSON.stringify(part)).toString("base64url"),
    );
    const signed = `${head}.${body}.c2lnbmF0dXJl`;
    const answer = await fetch(`${keyless.url}${realtime}/events`, { headers: bearer(signed) });
    expect(answer.status).toBe(503);
    expect(JSON.stringify(own.lines)).toContain("can't be had");
    await expectSilence([signed], own.lines);
  });
});
