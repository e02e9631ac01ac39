import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createKey, type KeyServer, type SigningKey, sign, startKeyServer } from "../test/keyServer.ts";
import { claimsOf, projectId, refusalOf, secondsFromNow, unsigned } from "../test/tokens.ts";
import { createVerifier, type Verifier } from "./verifier.ts";

let key: SigningKey;
let server: KeyServer;
let verify: Verifier;

beforeAll(async () => {
  key = await createKey("key-1");
  server = await startKeyServer([key]);
  verify = createVerifier({ projectId, keysUrl: server.url });
});
afterAll(() => server.stop());

type Change = Record<string, unknown>;

/** Both kinds of verifier judge a token's claims alike. */
const kinds = [
  ["signed", async (change: Change) => verify(await sign(claimsOf(change), key))],
  ["emulated", (change: Change) => createVerifier({ projectId, emulated: true })(unsigned(claimsOf(change)))],
] as const;

describe.each(kinds)("the claims of a %s token", (_, attempt) => {
  it("become who is asking", async () => {
    const [iat, exp] = [secondsFromNow(-30), secondsFromNow(600)];
    expect(await attempt({ iat, exp })).toEqual({
      uid: "ann",
      organizationId: "riverside",
      role: "manager",
      issuedAt: iat,
      expiresAt: exp,
    });
  });

  it("carry over the name and the scope, and nothing else", async () => {
    const change = { name: "Ann", campusIds: ["north"], buildingIds: ["pool", "gym"] };
    expect(await attempt({ ...change, email: "ann@riverside.test", admin: true })).toEqual({
      uid: "ann",
      organizationId: "riverside",
      role: "manager",
      issuedAt: expect.any(Number),
      expiresAt: expect.any(Number),
      ...change,
    });
  });

  it.each(["a", "x".repeat(128), "user:1"])("may name the user %s", async (sub) => {
    expect((await attempt({ sub })).uid).toBe(sub);
  });

  it("may have a name that is no text, which is left out", async () => {
    expect(await attempt({ name: 7 })).not.toHaveProperty("name");
  });

  it("may lie within the tolerance of the clock", async () => {
    await expect(attempt({ exp: secondsFromNow(-2) })).resolves.toBeDefined();
    await expect(attempt({ iat: secondsFromNow(3) })).resolves.toBeDefined();
  });

  it.each([
    ["another issuer", { iss: "https://securetoken.google.com/other" }],
    ["an issuer that only begins right", { iss: `https://securetoken.google.com/${projectId}.test` }],
    ["no issuer", { iss: undefined }],
    ["another audience", { aud: "other" }],
    ["no audience", { aud: undefined }],
    ["an empty audience", { aud: [] }],
    ["no subject", { sub: undefined }],
    ["an empty subject", { sub: "" }],
    ["a subject of 129 characters", { sub: "x".repeat(129) }],
    ["a subject that is a number", { sub: 7 }],
    ["a subject that is a path", { sub: "../ben" }],
    ["no time of issue", { iat: undefined }],
    ["a time of issue in the future", { iat: secondsFromNow(120) }],
    ["a time of issue that is text", { iat: "yesterday" }],
    ["no expiry", { exp: undefined }],
    ["an expiry that is text", { exp: "never" }],
    ["an expiry that is null", { exp: null }],
    ["a begin in the future", { nbf: secondsFromNow(120) }],
  ])("with %s are refused as token-invalid", async (_, change) => {
    const refusal = await refusalOf(attempt(change));
    expect(refusal.toBody()).toMatchObject({ reason: "token-invalid", status: 401, field: "token" });
  });

  it.each([-10, -3_600, -1_000_000])(
    "that expired %i seconds from now are refused as token-expired",
    async (seconds) => {
      const refusal = await refusalOf(
        attempt({ iat: secondsFromNow(-2_000_000), exp: secondsFromNow(seconds) }),
      );
      expect(refusal.toBody()).toMatchObject({ reason: "token-expired", status: 401, field: "token" });
    },
  );

  it.each([
    ["organizationId", undefined],
    ["organizationId", null],
    ["organizationId", ""],
    ["organizationId", "a/b"],
    ["organizationId", ["riverside"]],
    ["organizationId", "x".repeat(65)],
    ["role", undefined],
    ["role", "owner"],
    ["role", ["admin"]],
    ["campusIds", "north"],
    ["campusIds", []],
    ["campusIds", null],
    ["campusIds", ["a/b"]],
    ["buildingIds", [7]],
    ["buildingIds", {}],
  ])("with %s = %j are refused as organization-missing, never widened", async (field, value) => {
    const refusal = await refusalOf(attempt({ [field]: value }));
    expect(refusal.toBody()).toMatchObject({ reason: "organization-missing", status: 403, field });
  });

  it.each(["organizationId", "role", "campusIds", "buildingIds"])(
    "with %s that calls something unconvertible its length are refused as organization-missing",
    async (claim) => {
      const refusal = await refusalOf(attempt({ [claim]: { length: { toString: 0, valueOf: 0 } } }));
      expect(refusal.toBody()).toMatchObject({ reason: "organization-missing", status: 403 });
    },
  );

  it("are judged as a token before they are judged as a member's", async () => {
    const refusal = await refusalOf(attempt({ sub: "", organizationId: undefined }));
    expect(refusal.reason).toBe("token-invalid");
  });
});

describe("a verifier", () => {
  it.each([undefined, ""])("asks for a token when it gets %j", async (token) => {
    const refusal = await refusalOf(verify(token));
    expect(refusal.toBody()).toMatchObject({ reason: "token-missing", status: 401, field: "token" });
  });

  it("keeps a token's content out of what it tells the caller", async () => {
    const token = await sign(claimsOf({ aud: "other" }), key);
    const refusal = await refusalOf(verify(token));
    expect(JSON.stringify(refusal.toBody())).not.toContain(token.split(".")[1]);
    expect(refusal.cause).toBeInstanceOf(Error);
  });

  it("accepts tokens of its own project only", async () => {
    const other = createVerifier({ projectId: "other", keysUrl: server.url });
    expect((await refusalOf(other(await sign(claimsOf(), key)))).reason).toBe("token-invalid");
  });
});
