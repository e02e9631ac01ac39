import { randomUUID } from "node:crypto";
import {
  type Claims,
  type MemberChange,
  memberChangeName,
  memberChangeSeconds,
  paths,
  redisKeys,
} from "@faultline/contract";
import { initializeApp } from "firebase-admin/app";
import { getAuth } from "firebase-admin/auth";
import { describe, expect, inject, it } from "vitest";
import { startApi } from "../../test/api.ts";
import { startAuth } from "../../test/auth.ts";
import { firestore } from "../../test/firestore.ts";
import { connect, listen } from "../../test/log.ts";
import { ownRedis, silentRedis } from "../../test/redis.ts";
import { createAccounts } from "../accounts/firebase.ts";
import { createFollowMember, createTell } from "../service/membership.ts";
import { createStore } from "../store/index.ts";
import { createMemberTrigger } from "./member.ts";

await startAuth(inject("projectId"));
const { runtime, organizationId, ask } = await startApi();
const auth = getAuth(initializeApp({ projectId: inject("projectId") }, "users"));
const redis = connect();
const { pushes } = await listen<MemberChange>(memberChangeName, () => true);

const memberRef = (uid: string, organization = organizationId) =>
  firestore().doc(`${paths.members(organization)}/${uid}`);
const claimsOf = async (uid: string) => (await auth.getUser(uid)).customClaims;
const toldOf = (uid: string) => pushes.filter((change) => change.uid === uid).map(({ claims }) => claims);
const keptOf = async (uid: string): Promise<MemberChange | null> =>
  JSON.parse((await redis.get(redisKeys.memberChange(uid))) ?? "null");

/** A user who signed up, with the claims they have so far. */
const signUp = async (claims: object | null = null): Promise<string> => {
  const { uid } = await auth.createUser({ uid: `u-${randomUUID()}` });
  await auth.setCustomUserClaims(uid, claims);
  return uid;
};
const trigger = (uid: string) => runtime.memberTrigger({ organizationId, uid });
const viewer: Claims = { organizationId, role: "viewer" };
const manager: Claims = { organizationId, role: "manager" };

describe("a membership that was written past the API", () => {
  it("becomes claims, beside those of others, and is told to the relays", async () => {
    const uid = await signUp({ theme: "dark" });
    const scope = { campusIds: ["north"], buildingIds: ["pier"] };
    await memberRef(uid).set({ role: "viewer", ...scope, remark: "by hand" });
    await trigger(uid);
    expect(await claimsOf(uid)).toEqual({ theme: "dark", ...viewer, ...scope });
    await expect.poll(() => toldOf(uid)).toEqual([{ ...viewer, ...scope }]);
    expect(await keptOf(uid)).toMatchObject({ uid, organizationId, claims: { ...viewer, ...scope } });
  });

  it("and removed past the API takes the claims away", async () => {
    const uid = await signUp({ theme: "dark", ...viewer });
    await trigger(uid);
    expect(await claimsOf(uid)).toEqual({ theme: "dark" });
    expect((await keptOf(uid))?.claims).toBeNull();
  });

  it("is told once, however often the trigger comes", async () => {
    const uid = await signUp();
    await memberRef(uid).set({ role: "viewer" });
    for (let delivery = 0; delivery < 3; delivery += 1) await trigger(uid);
    const kept = await keptOf(uid);
    await trigger(uid);
    expect(await keptOf(uid)).toEqual(kept);
    await memberRef(uid).set({ role: "manager" });
    await trigger(uid);
    await expect.poll(() => toldOf(uid).at(-1)).toEqual(manager);
    expect(toldOf(uid)).toEqual([viewer, manager]);
  });

  it("counts as it is now, not as it was when a late trigger's write was made", async () => {
    const uid = await signUp();
    await memberRef(uid).set({ role: "manager" });
    await memberRef(uid).set({ role: "viewer" });
    await trigger(uid);
    await trigger(uid);
    expect(await claimsOf(uid)).toEqual(viewer);
    await expect.poll(() => toldOf(uid)).toEqual([viewer]);
  });

  it("that is malformed makes nobody a member", async () => {
    const uid = await signUp(manager);
    await memberRef(uid).set({ role: "boss" });
    await trigger(uid);
    expect(await claimsOf(uid)).toEqual({});
  });

  it("with more scope than claims can hold changes nothing, and is not tried for ever", async () => {
    const uid = await signUp(viewer);
    const buildingIds = Array.from({ length: 30 }, (_, index) => `building-with-a-rather-long-name-${index}`);
    await memberRef(uid).set({ role: "viewer", buildingIds });
    await trigger(uid);
    expect(await claimsOf(uid)).toEqual(viewer);
    expect(await keptOf(uid)).toBeNull();
  });

  it("under an id that no user can have is passed over", async () => {
    await expect(runtime.memberTrigger({ organizationId, uid: "a b" })).resolves.toBeUndefined();
    await expect(runtime.memberTrigger({ organizationId: "a b", uid: "ann" })).resolves.toBeUndefined();
  });

  it("of somebody who has no account is told to nobody; their removal is", async () => {
    const uid = `u-${randomUUID()}`;
    await memberRef(uid).set({ role: "viewer" });
    await trigger(uid);
    expect(await keptOf(uid)).toBeNull();
    await memberRef(uid).delete();
    await trigger(uid);
    expect((await keptOf(uid))?.claims).toBeNull();
  });
});

describe("a user who is another organization's by now", () => {
  const theirs = { organizationId: "elsewhere", role: "admin" };

  it("keeps those claims when a removal here is told late, and no relay hears of it", async () => {
    const uid = await signUp(theirs);
    await trigger(uid);
    expect(await claimsOf(uid)).toEqual(theirs);
    expect(await keptOf(uid)).toBeNull();
  });

  it("keeps them when somebody writes a membership here past the API", async () => {
    const uid = await signUp(theirs);
    await memberRef(uid).set({ role: "viewer" });
    await trigger(uid);
    expect(await claimsOf(uid)).toEqual(theirs);
    expect(await keptOf(uid)).toBeNull();
  });
});

describe("what the API could not complete", () => {
  it("is told by the trigger", async () => {
    const silent = await startApi({ redisUrl: await silentRedis(), publishTimeoutMs: 200 });
    const uid = await signUp();
    await silent.ask("PUT", `/api/members/${uid}`, { body: { role: "viewer" } });
    expect(await keptOf(uid)).toBeNull();
    await runtime.memberTrigger({ organizationId: silent.organizationId, uid });
    expect((await keptOf(uid))?.claims).toEqual({ organizationId: silent.organizationId, role: "viewer" });
  });

  it("is told once when the API was done", async () => {
    const uid = await signUp();
    await ask("PUT", `/api/members/${uid}`, { body: { role: "viewer" } });
    const kept = await keptOf(uid);
    await trigger(uid);
    expect(await keptOf(uid)).toEqual(kept);
  });

  it("is tried again while Redis is out", async () => {
    const server = await ownRedis();
    const own = await startApi({ redisUrl: server.url });
    const uid = await signUp();
    await memberRef(uid, own.organizationId).set({ role: "viewer" });
    const deliver = () => own.runtime.memberTrigger({ organizationId: own.organizationId, uid });
    await server.kill();
    await expect(deliver()).rejects.toThrow("Redis is out of reach.");
    await server.restart();
    const retry = () => deliver().then(() => "delivered");
    await expect.poll(() => retry().catch(() => "again"), { timeout: 10_000 }).toBe("delivered");
    expect(await connect(server.url).ttl(redisKeys.memberChange(uid))).toBeGreaterThan(3_600);
  });
});

describe("changes that overtake each other", () => {
  const store = createStore(firestore());
  const accounts = createAccounts(auth);
  const tell = createTell({
    memberChange: async (uid) => (await keptOf(uid)) ?? undefined,
    publishMemberChange: async (change) => {
      await redis.set(redisKeys.memberChange(change.uid), JSON.stringify(change), "EX", memberChangeSeconds);
    },
  });

  /** A trigger that is held up before it does what it has decided, while `meanwhile` happens once. */
  const heldUp = (before: "setClaims" | "tell", meanwhile: () => Promise<unknown>) => {
    let isOver = false;
    const once = async () => {
      if (!isOver) {
        isOver = true;
        await meanwhile();
      }
    };
    return createMemberTrigger(
      createFollowMember({
        store,
        accounts: {
          find: accounts.find,
          async setClaims(account, claims) {
            if (before === "setClaims") await once();
            await accounts.setClaims(account, claims);
          },
        },
        async tell(change, isNew) {
          if (before === "tell") await once();
          await tell(change, isNew);
        },
      }),
    );
  };

  it.each(["setClaims", "tell"] as const)("end with the newest document (before %s)", async (before) => {
    const uid = await signUp();
    await memberRef(uid).set({ role: "manager" });
    await heldUp(before, () => ask("PUT", `/api/members/${uid}`, { body: { role: "viewer" } }))({
      organizationId,
      uid,
    });
    expect(await claimsOf(uid)).toEqual(viewer);
    expect((await keptOf(uid))?.claims).toEqual(viewer);
  });

  it("end with where the user has gone when that was told before their removal here", async () => {
    const uid = await signUp(viewer);
    const elsewhere: Claims = { organizationId: "elsewhere", role: "reporter" };
    const move = async () => {
      await auth.setCustomUserClaims(uid, elsewhere);
      await tell({ uid, organizationId: "elsewhere", claims: elsewhere }, true);
    };
    await heldUp("tell", move)({ organizationId, uid });
    expect(await claimsOf(uid)).toEqual(elsewhere);
    expect(await keptOf(uid)).toMatchObject({ organizationId: "elsewhere", claims: elsewhere });
  });

  it("are given up for now when the document does not come to rest", async () => {
    const uid = await signUp();
    const roles = ["viewer", "manager"];
    let writes = 0;
    const restless = createFollowMember({
      store,
      accounts,
      async tell() {
        writes += 1;
        await memberRef(uid).set({ role: roles[writes % 2] });
      },
    });
    await memberRef(uid).set({ role: "viewer" });
    await expect(restless(organizationId, uid)).rejects.toMatchObject({ reason: "contended" });
  });
});
