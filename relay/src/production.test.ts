import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createVerifier } from "@faultline/identity";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seed } from "../test/fixtures.ts";
import { type RunningRelay, runRelay } from "../test/relay.ts";
import { newOrganization, useFirestore } from "../test/services.ts";
import { openSocket, refusalOf } from "../test/socket.ts";
import { openStream } from "../test/stream.ts";
import { unsignedToken } from "../test/tokens.ts";

const firestore = useFirestore();
const organizationId = newOrganization();
const projectId = "production";
const keys = createServer(async (_request, response) => {
  const jwk = { ...(await exportJWK((await pair).publicKey)), kid: "own", alg: "RS256", use: "sig" };
  response.setHeader("content-type", "application/json").end(JSON.stringify({ keys: [jwk] }));
});
const pair = generateKeyPair("RS256");
let relay: RunningRelay;

beforeAll(async () => {
  keys.listen(0, "127.0.0.1");
  await once(keys, "listening");
  const keysUrl = `http://127.0.0.1:${(keys.address() as AddressInfo).port}/`;
  relay = await runRelay({ firestore, verify: createVerifier({ projectId, keysUrl }) });
  await seed(firestore, organizationId);
});
afterAll(async () => {
  await relay.close();
  keys.close();
});

async function signedToken(signer = pair): Promise<string> {
  return new SignJWT({ organizationId, role: "viewer" })
    .setProtectedHeader({ alg: "RS256", kid: "own" })
    .setIssuer(`https://securetoken.google.com/${projectId}`)
    .setAudience(projectId)
    .setSubject("someone")
    .setIssuedAt()
    .setExpirationTime("1h")
    .sign((await signer).privateKey);
}

describe("in production", () => {
  it("a rightly signed token opens a socket and a stream", async () => {
    const token = await signedToken();
    const client = await openSocket(relay.url, token);
    expect(await client.subscribe([`org:${organizationId}`])).toMatchObject({ ok: true });
    client.close();
    const stream = await openStream(relay.url, "events", { token });
    stream.close();
  });

  it.each<readonly [string, () => Promise<string> | string]>([
    ["a wrongly signed token", () => signedToken(generateKeyPair("RS256"))],
    ["an unsigned token, as the emulator makes them,", () => unsignedToken({ organizationId, projectId })],
    ["a token whose text was changed", async () => (await signedToken()).replace(/\.(.)/, ".$1A")],
  ])("%s opens nothing", async (_, make) => {
    const token = await make();
    expect(await refusalOf(relay.url, { token })).toMatchObject({ status: 401, reason: "token-invalid" });
    for (const [method, path] of [
      ["GET", "events"],
      ["POST", "tickets"],
    ]) {
      const headers = { authorization: `Bearer ${token}` };
      const answer = await fetch(`${relay.url}/api/realtime/${path}`, { method: method ?? "", headers });
      expect(answer.status).toBe(401);
      expect(await answer.json()).toMatchObject({ reason: "token-invalid" });
    }
  });
});
