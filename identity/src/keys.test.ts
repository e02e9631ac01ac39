import type { RequestListener } from "node:http";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createKey, type KeyServer, type SigningKey, sign, startKeyServer } from "../test/keyServer.ts";
import { claimsOf, projectId, refusalOf } from "../test/tokens.ts";
import { createVerifier, type Verifier } from "./verifier.ts";

let first: SigningKey;
let second: SigningKey;
let server: KeyServer;
let verify: Verifier;

beforeAll(async () => {
  [first, second] = await Promise.all([createKey("key-1"), createKey("key-2")]);
});
beforeEach(async () => {
  server = await startKeyServer([first, second]);
  verify = createVerifier({ projectId, keysUrl: server.url });
});
afterEach(() => server.stop());

const unavailable = { reason: "unavailable", status: 503, retry: true };
const invalid = { reason: "token-invalid", status: 401 };

describe("the keys", () => {
  it("are fetched once for many tokens, also at the same time", async () => {
    const tokens = await Promise.all([first, second, first, second].map((key) => sign(claimsOf(), key)));
    await Promise.all(tokens.map((token) => verify(token)));
    await verify(tokens[0]);
    expect(server.requests).toBe(1);
  });

  it("that a token does not name among several make it invalid", async () => {
    const { kid: _, ...nameless } = first.jwk;
    server.serve([first, { ...first, jwk: nameless }]);
    const token = await sign(claimsOf(), first, { kid: undefined } as object);
    expect((await refusalOf(verify(token))).toBody()).toMatchObject(invalid);
  });

  it("that Google does not have make a token invalid, and are not asked for again at once", async () => {
    const stranger = await createKey("key-9");
    const token = await sign(claimsOf(), stranger);
    for (let time = 0; time < 3; time++) {
      expect((await refusalOf(verify(token))).toBody()).toMatchObject(invalid);
    }
    expect(server.requests).toBe(1);
    expect((await verify(await sign(claimsOf(), first))).uid).toBe("ann");
  });

  it("are not fetched for a token that cannot be one", async () => {
    await refusalOf(verify("a.b.c"));
    expect(server.requests).toBe(0);
  });
});

const broken: readonly (readonly [string, RequestListener])[] = [
  ["answer 500", (_, response) => response.writeHead(500).end("{}")],
  ["answer 404", (_, response) => response.writeHead(404).end()],
  ["answer with another place", (_, response) => response.writeHead(302, { location: "/elsewhere" }).end()],
  ["answer with what is not JSON", (_, response) => response.end("<html>")],
  ["answer with no key set", (_, response) => response.end('{"error":"quota"}')],
  ["answer with a list", (_, response) => response.end("[]")],
  ["answer with keys that are none", (_, response) => response.end('{"keys":[7]}')],
  [
    "answer with a key that is unusable",
    (_, response) => response.end('{"keys":[{"kty":"RSA","kid":"key-1","alg":"RS256"}]}'),
  ],
  ["hang up", (request) => request.socket.destroy()],
  [
    "hang up in the middle",
    (request, response) => {
      response.writeHead(200, { "content-length": 1_000 });
      response.write('{"keys":', () => request.socket.destroy());
    },
  ],
];

describe("when the keys can't be had", () => {
  it.each(broken)("because they %s, a good token is not blamed: unavailable, 503", async (_, listener) => {
    server.answer(listener);
    const token = await sign(claimsOf(), first);
    expect((await refusalOf(verify(token))).toBody()).toMatchObject(unavailable);
  });

  it("they are asked for again with the next token, however it went wrong", async () => {
    const token = await sign(claimsOf(), first);
    for (const [, listener] of broken.filter(([how]) => !how.includes("unusable"))) {
      server.answer(listener);
      await refusalOf(verify(token));
    }
    server.serve([first]);
    expect((await verify(token)).uid).toBe("ann");
  });

  it("because nobody listens, a good token is not blamed", async () => {
    const token = await sign(claimsOf(), first);
    await server.stop();
    expect((await refusalOf(verify(token))).toBody()).toMatchObject(unavailable);
  });

  it("tokens of keys that are known already are still accepted", async () => {
    await verify(await sign(claimsOf(), first));
    await server.stop();
    expect((await verify(await sign(claimsOf(), second))).uid).toBe("ann");
  });

  it("the cause is kept for the log and not told to the caller", async () => {
    server.answer((_, response) => response.writeHead(500).end());
    const refusal = await refusalOf(verify(await sign(claimsOf(), first)));
    expect(refusal.cause).toBeInstanceOf(Error);
    expect(JSON.stringify(refusal.toBody())).not.toContain(server.url);
  });
});
