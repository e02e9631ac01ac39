import { randomUUID } from "node:crypto";
import { type Claims, type MemberChange, memberChangeSeconds, redisKeys } from "@faultline/contract";
import { describe, expect, it } from "vitest";
import { startApi, type TestApi } from "../../test/api.ts";
import { connect } from "../../test/log.ts";
import { ownRedis, silentRedis } from "../../test/redis.ts";
import type { TokenOptions } from "../../test/token.ts";

const api = await startApi();
const { organizationId } = api;

/** Somebody of whom no other test has heard. */
const somebody = () => `u-${randomUUID()}`;

const changeTo = async (uid: string, role: Claims["role"] | null, redis = connect()) => {
  const claims = role && { organizationId, role };
  const change: MemberChange = { uid, organizationId, claims, at: new Date().toISOString() };
  await redis.set(redisKeys.memberChange(uid), JSON.stringify(change), "EX", memberChangeSeconds);
};

/** What the API answers to a token, which by default was issued two hours ago. */
const answerTo = async (as: Partial<TokenOptions>, { ask }: Pick<TestApi, "ask"> = api) => {
  const { status, body } = await ask("GET", "/api/campuses", { as });
  return status === 200 ? 200 : [status, body.reason];
};

const outdated = [401, "token-outdated"];

describe("a token from before a change of its member", () => {
  it("is refused when it says something else, with a word on what to do", async () => {
    const uid = somebody();
    await changeTo(uid, "viewer");
    const { status, headers, body } = await api.ask("GET", "/api/campuses", { as: { uid, role: "manager" } });
    expect([status, body.reason, body.field]).toEqual([...outdated, "token"]);
    expect(body.detail).toContain("get a fresh one");
    expect(headers.get("WWW-Authenticate")).toBe('Bearer error="invalid_token"');
  });

  it("is refused after they were removed, whatever it says", async () => {
    const uid = somebody();
    await changeTo(uid, null);
    for (const role of ["viewer", "admin"] as const) expect(await answerTo({ uid, role })).toEqual(outdated);
  });

  it("is good when it says just what they are now, as is every other member's", async () => {
    const uid = somebody();
    await changeTo(uid, "viewer");
    expect(await answerTo({ uid, role: "viewer" })).toBe(200);
    expect(await answerTo({ uid: somebody(), role: "manager" })).toBe(200);
  });
});

describe("a token that was fetched right after a change of its member", () => {
  it("is good at once", async () => {
    const uid = somebody();
    await changeTo(uid, "viewer");
    expect(await answerTo({ uid, role: "viewer", issuedAt: Date.now() })).toBe(200);
  });
});

describe("while Redis does not say who has changed", () => {
  it("tokens are believed", async () => {
    const silent = await startApi({ redisUrl: await silentRedis() });
    expect(await answerTo({ uid: somebody() }, silent)).toBe(200);
  });

  it("tokens are believed, even beside a change that can't be read", async () => {
    const uid = somebody();
    await connect().set(redisKeys.memberChange(uid), "{", "EX", memberChangeSeconds);
    expect(await answerTo({ uid })).toBe(200);
  });

  it("tokens are believed only until it does again", async () => {
    const server = await ownRedis();
    const own = await startApi({ redisUrl: server.url });
    const uid = somebody();
    expect(await answerTo({ uid }, own)).toBe(200);
    await server.kill();
    expect(await answerTo({ uid }, own)).toBe(200);
    await server.restart();
    await changeTo(uid, null, connect(server.url));
    await expect.poll(() => answerTo({ uid }, own), { timeout: 10_000 }).toEqual(outdated);
  });

  it("a crowd of requests waits for the connection without a warning", async () => {
    const warnings: string[] = [];
    const note = (warning: Error) => warnings.push(warning.name);
    process.on("warning", note);
    const silent = await startApi({ redisUrl: await silentRedis() });
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => answerTo({ uid: somebody() }, silent)),
    );
    process.off("warning", note);
    expect(new Set(answers)).toEqual(new Set([200]));
    expect(warnings).toEqual([]);
  });
});
