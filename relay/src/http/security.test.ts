import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { seed } from "../../test/fixtures.ts";
import { handshake } from "../../test/handshake.ts";
import { type RunningRelay, runRelay } from "../../test/relay.ts";
import { newOrganization, useFirestore } from "../../test/services.ts";
import { unsignedToken } from "../../test/tokens.ts";

const firestore = useFirestore();
const organizationId = newOrganization();
const authorization = `Bearer ${unsignedToken({ organizationId })}`;
let relay: RunningRelay;

beforeAll(async () => {
  await seed(firestore, organizationId);
  relay = await runRelay({ firestore, polling: true, origins: ["https://app.example"] });
});
afterAll(() => relay.close());

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

async function headersOf(
  method: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<Headers> {
  const answer = await fetch(`${relay.url}${path}`, { method, headers });
  onTestFinished(() => answer.body?.cancel());
  return Object.fromEntries(answer.headers);
}

const secure = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "content-security-policy": "default-src 'none';frame-ancestors 'none'",
  "x-frame-options": "SAMEORIGIN",
};

const answers: readonly (readonly [string, () => Promise<Headers>])[] = [
  ["the health check", () => headersOf("GET", "/healthz")],
  ["readiness", () => headersOf("GET", "/readyz")],
  ["the metrics", () => headersOf("GET", "/metrics")],
  ["the status", () => headersOf("GET", "/api/realtime/status")],
  ["a ticket", () => headersOf("POST", "/api/realtime/tickets", { authorization })],
  ["a refused ticket", () => headersOf("POST", "/api/realtime/tickets")],
  ["a stream", () => headersOf("GET", "/api/realtime/events", { authorization })],
  ["a refused stream", () => headersOf("GET", "/api/realtime/events")],
  ["a preflight", () => headersOf("OPTIONS", "/api/realtime/events", { origin: "https://app.example" })],
  ["what is not there", () => headersOf("GET", "/nowhere")],
  ["what can't be parsed", () => headersOf("GET", "/%E0%A4%A")],
  ["a poll", async () => (await handshake(relay.url, "polling")).headers],
];

describe("the security headers", () => {
  it.each(answers)("are on %s", async (_, ask) => {
    const headers = await ask();
    expect(headers).toMatchObject(secure);
    expect(headers).not.toHaveProperty("x-powered-by");
    expect(headers).not.toHaveProperty("strict-transport-security");
  });

  it("tell a browser to stay with HTTPS when it came by it", async () => {
    const headers = { "x-forwarded-proto": "https" };
    const own = "max-age=31536000";
    expect(await headersOf("GET", "/healthz", headers)).toMatchObject({ "strict-transport-security": own });
    const polled = await handshake(relay.url, "polling", headers);
    expect(polled.headers).toMatchObject({ "strict-transport-security": own });
  });

  it("leave CORS as it is", async () => {
    const headers = await headersOf("GET", "/api/realtime/events", {
      authorization,
      origin: "https://app.example",
    });
    expect(headers["access-control-allow-origin"]).toBe("https://app.example");
  });
});
