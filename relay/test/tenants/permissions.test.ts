/** Who gets into which room through which door: every cell, over real doors. */
import { randomUUID } from "node:crypto";
import { paths, roles } from "@faultline/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seed } from "../fixtures.ts";
import { type RunningRelay, runRelay } from "../relay.ts";
import { newOrganization, useFirestore } from "../services.ts";
import { type TokenOptions, unsignedToken } from "../tokens.ts";
import { type Door, doors, type Outcome } from "./doors.ts";

const firestore = useFirestore();
const own = newOrganization();
const foreign = newOrganization();
let relay: RunningRelay;

beforeAll(async () => {
  relay = await runRelay({ firestore });
  await Promise.all([seed(firestore, own), seed(firestore, foreign)]);
  // What the foreign organization has and the own one has not.
  await firestore.doc(`${paths.campuses(foreign)}/abroad`).set({ id: "abroad" });
  await firestore.doc(`${paths.buildings(foreign)}/embassy`).set({ id: "embassy", campusId: "abroad" });
});
afterAll(() => relay.close());

const scopes = {
  none: {},
  campus: { campusIds: ["north"] },
  building: { buildingIds: ["pier"] },
  both: { campusIds: ["north"], buildingIds: ["pier"] },
  // A scope of what is not there, or is only elsewhere, is a scope all the same.
  elsewhere: { campusIds: ["abroad"], buildingIds: ["embassy"] },
} as const satisfies Record<string, TokenOptions>;
type Scope = keyof typeof scopes;

const ok = "ok";
const scope = "403 scope-exceeded";
const tenant = "403 room-foreign";
const campus = "404 campus-unknown";
const house = "404 building-unknown";
const form = "400 room-invalid";

// biome-ignore format: a table
const table: Readonly<Record<string, Readonly<Record<Scope, Outcome>>>> = {
  [`org:${own}`]:         { none: ok,     campus: scope,  building: scope,  both: scope,  elsewhere: scope },
  [`heatmap:${own}`]:     { none: ok,     campus: scope,  building: scope,  both: scope,  elsewhere: scope },
  "campus:north":         { none: ok,     campus: ok,     building: scope,  both: ok,     elsewhere: scope },
  "campus:harbor":        { none: ok,     campus: scope,  building: scope,  both: scope,  elsewhere: scope },
  "building:library":     { none: ok,     campus: ok,     building: scope,  both: ok,     elsewhere: scope },
  "building:pier":        { none: ok,     campus: scope,  building: ok,     both: ok,     elsewhere: scope },
  [`org:${foreign}`]:     { none: tenant, campus: tenant, building: tenant, both: tenant, elsewhere: tenant },
  [`heatmap:${foreign}`]: { none: tenant, campus: tenant, building: tenant, both: tenant, elsewhere: tenant },
  "campus:abroad":        { none: campus, campus: campus, building: campus, both: campus, elsewhere: campus },
  "building:embassy":     { none: house,  campus: house,  building: house,  both: house,  elsewhere: house },
  "campus:moon":          { none: campus, campus: campus, building: campus, both: campus, elsewhere: campus },
  "building:crater":      { none: house,  campus: house,  building: house,  both: house,  elsewhere: house },
  "floor:1":              { none: form,   campus: form,   building: form,   both: form,   elsewhere: form },
  "org":                  { none: form,   campus: form,   building: form,   both: form,   elsewhere: form },
};
const rooms = Object.keys(table);
const scopeNames = Object.keys(scopes) as Scope[];

/** A stream refuses a room that it has nothing of, whosever it is. */
function expectedOf(door: Door, room: string, of: Scope): Outcome {
  const [kind = ""] = room.split(":");
  return door.kinds.some((known) => known === kind) ? (table[room]?.[of] ?? "") : form;
}

/** By room and door. */
async function fill(cell: (door: Door, room: string) => Outcome | Promise<Outcome>) {
  const rows = rooms.map(async (room) => {
    const cells = doors.map(async (door) => [door.name, await cell(door, room)] as const);
    return [room, Object.fromEntries(await Promise.all(cells))] as const;
  });
  return Object.fromEntries(await Promise.all(rows));
}

/** Knocks at every door for every room, each time as another user of the same claims. */
const knockEverywhere = (claims: TokenOptions) =>
  fill((door, room) => door.knock(relay.url, unsignedToken({ uid: randomUUID(), ...claims }), [room]));

describe.each(roles)("a %s", (role) => {
  it.each(scopeNames)(
    "whose scope is %s gets into its rooms and no others, through every door",
    async (of) => {
      const found = await knockEverywhere({ organizationId: own, role, ...scopes[of] });
      expect(found).toEqual(await fill((door, room) => expectedOf(door, room, of)));
    },
  );
});

const malformed: readonly (readonly [string, object])[] = [
  ["no claims", { role: undefined }],
  ["no organization", { role: "admin" }],
  ["no role", { organizationId: own, role: undefined }],
  ["an unknown role", { organizationId: own, role: "owner" }],
  ["a role of the prototype", { organizationId: own, role: "constructor" }],
  ["several organizations", { organizationId: [own, foreign] }],
  ["an organization that is a path", { organizationId: `${own}/../${foreign}` }],
  ["an organization that is a pattern", { organizationId: "*" }],
  ["an organization of the prototype", { organizationId: "__proto__" }],
  ["an empty scope of campuses", { organizationId: own, campusIds: [] }],
  ["an empty scope of buildings", { organizationId: own, buildingIds: [] }],
  ["empty scopes", { organizationId: own, campusIds: [], buildingIds: [] }],
  ["an empty scope beside one that is not", { organizationId: own, campusIds: ["north"], buildingIds: [] }],
  ["a scope of null", { organizationId: own, campusIds: null }],
  ["a scope that is text", { organizationId: own, campusIds: "north" }],
  ["a scope that is a pattern", { organizationId: own, buildingIds: ["*"] }],
];

describe("claims with", () => {
  it.each(malformed)("%s open no room through any door", async (_, claims) => {
    const found = await knockEverywhere(claims as TokenOptions);
    expect(found).toEqual(await fill(() => "403 organization-missing"));
  });
});

describe("nobody's token", () => {
  it.each([
    ["nothing", "", "401 token-missing"],
    ["garbage", "garbage", "401 token-invalid"],
    ["one that has expired", unsignedToken({ organizationId: own, expiresIn: -60 }), "401 token-expired"],
    ["another project's", unsignedToken({ organizationId: own, projectId: "other" }), "401 token-invalid"],
  ])("(%s) opens no room through any door", async (_, token, refusal) => {
    const found = await fill((door, room) => door.knock(relay.url, token, [room]));
    expect(found).toEqual(await fill(() => refusal));
  });
});
