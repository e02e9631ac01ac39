import { randomUUID } from "node:crypto";
import { type MemberChange, memberChangeName, redisKeys } from "@faultline/contract";
import { initializeApp } from "firebase-admin/app";
import { getAuth, type UserRecord } from "firebase-admin/auth";
import { describe, expect, inject, it } from "vitest";
import { startApi } from "../../test/api.ts";
import { startAuth } from "../../test/auth.ts";
import { document, everything } from "../../test/firestore.ts";
import { connect, listen } from "../../test/log.ts";
import { ownRedis, silentRedis } from "../../test/redis.ts";

await startAuth(inject("projectId"));
const { ask, organizationId } = await startApi();
const auth = getAuth(initializeApp({ projectId: inject("projectId") }, "users"));

/** A user who signed up, with the claims they have so far. */
const signUp = async (claims?: object): Promise<UserRecord> => {
  const { uid } = await auth.createUser({ uid: `u-${randomUUID()}`, displayName: "New Person" });
  if (claims) await auth.setCustomUserClaims(uid, claims);
  return auth.getUser(uid);
};
const claimsOf = async (uid: string) => (await auth.getUser(uid)).customClaims;
const memberOf = (uid: string) => document(`organizations/${organizationId}/members/${uid}`);

describe("GET /api/members", () => {
  it("lists the members with their roles", async () => {
    const { body } = await ask("GET", "/api/members");
    expect(body.items).toContainEqual({ uid: "tess", name: "tess", role: "technician" });
    expect(body.items).toHaveLength(5);
  });
});

describe("PUT /api/members/:uid", () => {
  it("adds a user, who then has role and scope as claims and stays signed in", async () => {
    const user = await signUp({ theme: "dark" });
    const body = { role: "manager", campusIds: ["north"], buildingIds: ["pier"] };
    const answer = await ask("PUT", `/api/members/${user.uid}`, { body });
    expect(answer).toMatchObject({ status: 200, body: { uid: user.uid, name: "New Person", ...body } });
    expect(await claimsOf(user.uid)).toEqual({ theme: "dark", organizationId, ...body });
    expect(await memberOf(user.uid)).toEqual({ uid: user.uid, name: "New Person", ...body });
    expect((await auth.getUser(user.uid)).tokensValidAfterTime).toBe(user.tokensValidAfterTime);
  });

  it("takes a limit away that is left out", async () => {
    const { uid } = await signUp();
    await ask("PUT", `/api/members/${uid}`, { body: { role: "viewer", campusIds: ["north"] } });
    await ask("PUT", `/api/members/${uid}`, { body: { role: "technician" } });
    expect(await claimsOf(uid)).toEqual({ organizationId, role: "technician" });
    expect(await memberOf(uid)).toEqual({ uid, name: "New Person", role: "technician" });
  });

  it("does not know users who never signed up, nor take those of another organization", async () => {
    const { uid } = await signUp({ organizationId: "elsewhere", role: "viewer" });
    const before = await everything(organizationId);
    const unknown = await ask("PUT", "/api/members/nobody", { body: { role: "viewer" } });
    expect(unknown).toMatchObject({ status: 404, body: { reason: "member-unknown", field: "uid" } });
    const foreign = await ask("PUT", `/api/members/${uid}`, { body: { role: "viewer" } });
    expect(foreign).toMatchObject({ status: 409, body: { reason: "id-taken", field: "uid" } });
    expect(await claimsOf(uid)).toEqual({ organizationId: "elsewhere", role: "viewer" });
    expect(await everything(organizationId)).toEqual(before);
  });

  it("refuses more scope than claims can hold, naming it", async () => {
    const { uid } = await signUp();
    const buildingIds = Array.from({ length: 30 }, (_, index) => `building-with-a-rather-long-name-${index}`);
    const { status, body } = await ask("PUT", `/api/members/${uid}`, {
      body: { role: "viewer", buildingIds },
    });
    expect([status, body.reason, body.field]).toEqual([400, "body-invalid", "buildingIds"]);
    expect(await memberOf(uid)).toBeUndefined();
    expect(await claimsOf(uid)).toBeUndefined();
  });
});

describe("DELETE /api/members/:uid", () => {
  it("takes membership and claims away, and leaves the account", async () => {
    const { uid } = await signUp({ theme: "dark" });
    await ask("PUT", `/api/members/${uid}`, { body: { role: "viewer" } });
    expect((await ask("DELETE", `/api/members/${uid}`)).status).toBe(204);
    expect(await claimsOf(uid)).toEqual({ theme: "dark" });
    expect(await memberOf(uid)).toBeUndefined();
    const again = await ask("DELETE", `/api/members/${uid}`);
    expect([again.status, again.body.reason]).toEqual([404, "member-unknown"]);
  });

  it("completes what was begun when only the claims are left", async () => {
    const { uid } = await signUp({ organizationId, role: "viewer" });
    expect((await ask("DELETE", `/api/members/${uid}`)).status).toBe(204);
    expect(await claimsOf(uid)).toEqual({});
  });

  it("works for a member whose account is gone", async () => {
    const { uid } = await signUp();
    await ask("PUT", `/api/members/${uid}`, { body: { role: "viewer" } });
    await auth.deleteUser(uid);
    expect((await ask("DELETE", `/api/members/${uid}`)).status).toBe(204);
    expect(await memberOf(uid)).toBeUndefined();
  });
});

describe("a change of a member", () => {
  it("is told to the relays, and kept for those that start later", async () => {
    const redis = connect();
    const { pushes } = await listen<MemberChange>(
      memberChangeName,
      (change) => change.organizationId === organizationId,
    );
    const { uid } = await signUp();
    await ask("PUT", `/api/members/${uid}`, { body: { role: "viewer", campusIds: ["north"] } });
    const changed = { uid, organizationId, claims: { organizationId, role: "viewer", campusIds: ["north"] } };
    await expect.poll(() => pushes).toMatchObject([changed]);
    expect(JSON.parse((await redis.get(redisKeys.memberChange(uid))) ?? "")).toEqual(pushes[0]);
    await ask("DELETE", `/api/members/${uid}`);
    await expect.poll(() => pushes).toMatchObject([changed, { uid, organizationId, claims: null }]);
    expect(JSON.parse((await redis.get(redisKeys.memberChange(uid))) ?? "")).toEqual(pushes[1]);
    expect(await redis.ttl(redisKeys.memberChange(uid))).toBeGreaterThan(3_600);
  });

  it("that was told already is told again only when somebody has changed the claims since", async () => {
    const { pushes } = await listen<MemberChange>(
      memberChangeName,
      (change) => change.organizationId === organizationId,
    );
    const { uid } = await signUp();
    const put = (role: string) => ask("PUT", `/api/members/${uid}`, { body: { role } });
    await put("viewer");
    await put("viewer");
    await auth.setCustomUserClaims(uid, { organizationId, role: "admin" });
    await put("viewer");
    await put("manager");
    await expect.poll(() => pushes.at(-1)).toMatchObject({ claims: { role: "manager" } });
    expect(pushes.map(({ claims }) => claims?.role)).toEqual(["viewer", "viewer", "manager"]);
  });

  it("is made even while nobody can be told", async () => {
    const silent = await startApi({ redisUrl: await silentRedis(), publishTimeoutMs: 200 });
    const { uid } = await signUp();
    const { status } = await silent.ask("PUT", `/api/members/${uid}`, { body: { role: "viewer" } });
    expect(status).toBe(200);
    expect(await claimsOf(uid)).toMatchObject({ organizationId: silent.organizationId, role: "viewer" });
  });
});

describe("the last admin", () => {
  it("is neither removed, nor given another role, nor limited", async () => {
    await auth.createUser({ uid: "ada" });
    const changes: readonly (readonly [string, object?])[] = [
      ["DELETE"],
      ["PUT", { role: "manager" }],
      ["PUT", { role: "admin", campusIds: ["north"] }],
    ];
    for (const [method, body] of changes) {
      const answer = await ask(method, "/api/members/ada", body && { body });
      expect([answer.status, answer.body.reason]).toEqual([412, "last-admin"]);
    }
    expect(await memberOf("ada")).toMatchObject({ role: "admin" });
    expect(await claimsOf("ada")).toBeUndefined();
  });

  it("may go once there is another, and of two who go at once one stays", async () => {
    // The other tests' Ada stays an admin.
    const own = await startApi({ redisUrl: (await ownRedis()).url });
    const { uid } = await signUp();
    const as = { uid: "root" };
    await own.ask("PUT", `/api/members/${uid}`, { as, body: { role: "admin" } });
    const leave = (who: string) => own.ask("DELETE", `/api/members/${who}`, { as });
    const answers = await Promise.all([leave(uid), leave("ada")]);
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 412]);
  });
});
