/** Tokens as an attacker would make them. */
import { createHmac } from "node:crypto";
import { type CryptoKey, exportSPKI, importJWK } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createKey, type KeyServer, type SigningKey, sign, startKeyServer } from "../test/keyServer.ts";
import { base64url, claimsOf, projectId, refusalOf, unsigned } from "../test/tokens.ts";
import { createVerifier, type Verifier } from "./verifier.ts";

let key: SigningKey;
let server: KeyServer;
let verify: Verifier;
const emulated = createVerifier({ projectId, emulated: true });

beforeAll(async () => {
  key = await createKey("key-1");
  server = await startKeyServer([key]);
  verify = createVerifier({ projectId, keysUrl: server.url });
});
afterAll(() => server.stop());

const invalid = { reason: "token-invalid", status: 401, retry: false };

/** An HS256 token whose secret is `secret`, as if that were a shared one. */
function withSecret(secret: string): string {
  const body = `${base64url({ alg: "HS256", kid: key.kid, typ: "JWT" })}.${base64url(claimsOf())}`;
  return `${body}.${createHmac("sha256", secret).update(body).digest("base64url")}`;
}

/** A token with this very header, rightly signed with RS256. */
async function signRaw(header: object): Promise<string> {
  const body = `${base64url(header)}.${base64url(claimsOf())}`;
  const signature = await crypto.subtle.sign("RSASSA-PKCS1-v1_5", key.privateKey, Buffer.from(body));
  return `${body}.${Buffer.from(signature).toString("base64url")}`;
}

describe("in production", () => {
  it("the good token that the attacks below start from is accepted", async () => {
    expect((await verify(await sign(claimsOf(), key))).uid).toBe("ann");
  });

  it("a token of another key under a known name is refused", async () => {
    const impostor = await createKey("key-1");
    expect((await refusalOf(verify(await sign(claimsOf(), impostor)))).toBody()).toMatchObject(invalid);
  });

  it("a token whose claims were changed after signing is refused", async () => {
    const [header, , signature] = (await sign(claimsOf(), key)).split(".");
    const forged = `${header}.${base64url(claimsOf({ role: "admin" }))}.${signature}`;
    expect((await refusalOf(verify(forged))).toBody()).toMatchObject(invalid);
  });

  it("an expired token of another key is refused as invalid: its expiry is not to be believed", async () => {
    const impostor = await createKey("key-1");
    const token = await sign(claimsOf({ exp: 1 }), impostor);
    expect((await refusalOf(verify(token))).toBody()).toMatchObject(invalid);
  });

  it("an HS256 token that takes the public key for its secret is refused", async () => {
    const pem = await exportSPKI((await importJWK(key.jwk, "RS256", { extractable: true })) as CryptoKey);
    for (const secret of [pem, pem.trim(), JSON.stringify(key.jwk), key.jwk.n ?? ""]) {
      expect((await refusalOf(verify(withSecret(secret)))).toBody()).toMatchObject(invalid);
    }
  });

  it.each(["none", "None", "NONE", "nOnE"])("an unsigned token that says alg %s is refused", async (alg) => {
    const body = `${base64url({ alg, typ: "JWT" })}.${base64url(claimsOf())}`;
    for (const token of [`${body}.`, body, `${body}.${base64url("x")}`]) {
      expect((await refusalOf(verify(token))).toBody()).toMatchObject(invalid);
    }
  });

  it.each(["RS384", "RS512", "PS256", "ES256", "EdDSA"])(
    "a token of a served key for %s is refused: only RS256 will do",
    async (algorithm) => {
      const other = await createKey(`key-${algorithm}`, algorithm);
      const both = await startKeyServer([key, other]);
      try {
        const verifyBoth = createVerifier({ projectId, keysUrl: both.url });
        expect((await refusalOf(verifyBoth(await sign(claimsOf(), other)))).toBody()).toMatchObject(invalid);
        expect((await verifyBoth(await sign(claimsOf(), key))).uid).toBe("ann");
      } finally {
        await both.stop();
      }
    },
  );

  it("a key that the token brings along, or an address to fetch one from, is ignored", async () => {
    const impostor = await createKey("key-2");
    const thief = await startKeyServer([impostor]);
    try {
      const header = { kid: "key-1", jwk: impostor.jwk, jku: thief.url, x5u: thief.url };
      expect((await refusalOf(verify(await sign(claimsOf(), impostor, header)))).toBody()).toMatchObject(
        invalid,
      );
      expect(thief.requests).toBe(0);
    } finally {
      await thief.stop();
    }
  });

  it("a critical extension that nobody knows is refused", async () => {
    const header = { alg: "RS256", kid: key.kid };
    expect((await verify(await signRaw(header))).uid).toBe("ann");
    expect((await refusalOf(verify(await signRaw({ ...header, crit: ["x"], x: 1 })))).toBody()).toMatchObject(
      invalid,
    );
  });

  const scraps = [
    "x",
    "a.b",
    "a.b.c",
    "..",
    "....",
    "Bearer a.b.c",
    "null",
    "é.é.é",
    " ",
    "x".repeat(100_000),
  ];
  it.each(scraps.map((token) => [token.slice(0, 20), token]))("the scrap %j is refused", async (_, token) => {
    expect((await refusalOf(verify(token))).toBody()).toMatchObject(invalid);
    expect((await refusalOf(emulated(token))).toBody()).toMatchObject(invalid);
  });

  it.each([7, {}, ["a.b.c"], true])(
    "what is no text, as a socket may send it, is refused: %j",
    async (token) => {
      expect((await refusalOf(verify(token as string))).toBody()).toMatchObject(invalid);
      expect((await refusalOf(emulated(token as string))).toBody()).toMatchObject(invalid);
    },
  );

  it.each(["[]", "null", "7", '"text"', "{", ""])("claims that are %j are refused", async (claims) => {
    const token = `${base64url({ alg: "none" })}.${base64url(claims)}.`;
    expect((await refusalOf(emulated(token))).toBody()).toMatchObject(invalid);
  });
});

describe("beside the Auth emulator", () => {
  it("an unsigned token is accepted", async () => {
    expect((await emulated(unsigned(claimsOf()))).uid).toBe("ann");
  });

  it("a signed token is refused: it can only be a real one, in the wrong place", async () => {
    expect((await refusalOf(emulated(await sign(claimsOf(), key)))).toBody()).toMatchObject(invalid);
  });

  it("a token that says it is unsigned and has a signature is refused", async () => {
    expect((await refusalOf(emulated(`${unsigned(claimsOf())}${base64url("x")}`))).toBody()).toMatchObject(
      invalid,
    );
  });

  it("a token that has no signature but claims one is refused", async () => {
    const [header, body] = (await sign(claimsOf(), key)).split(".");
    expect((await refusalOf(emulated(`${header}.${body}.`))).toBody()).toMatchObject(invalid);
  });

  it("no keys are fetched", async () => {
    const idle = await startKeyServer([key]);
    try {
      await createVerifier({ projectId, emulated: true, keysUrl: idle.url })(unsigned(claimsOf()));
      expect(idle.requests).toBe(0);
    } finally {
      await idle.stop();
    }
  });
});
