import { describe, expect, it } from "vitest";
import { aPrincipal } from "../test/samples.ts";
import type { Claims } from "./identity.ts";
import { isOutdated, type MemberChange, memberChangeSchema, memberChangeSeconds } from "./revocation.ts";

const at = "2026-11-23T08:00:00.900Z";
const second = Math.floor(Date.parse(at) / 1_000);

const manager: Claims = { organizationId: "riverside", role: "manager" };
const viewer: Claims = { organizationId: "riverside", role: "viewer" };
const scoped: Claims = { ...viewer, campusIds: ["north", "south"], buildingIds: ["pool"] };

const changeTo = (claims: Claims | null): MemberChange => ({
  uid: "ann",
  organizationId: "riverside",
  claims,
  at,
});

/** Whether a token with these claims, issued so many seconds after the change, is outdated by it. */
const isRefused = (claims: Claims, seconds: number, change: MemberChange) =>
  isOutdated(aPrincipal({ ...claims, issuedAt: second + seconds }), change);

describe("a token that says something else than the newest change of its member", () => {
  const others: readonly (readonly [string, Claims, Claims | null])[] = [
    ["another role", manager, viewer],
    ["another organization", { ...viewer, organizationId: "harbour" }, viewer],
    ["no scope", viewer, scoped],
    ["a scope that was lifted", scoped, viewer],
    ["another scope", { ...scoped, campusIds: ["north"] }, scoped],
    ["other buildings", { ...scoped, buildingIds: ["gym"] }, scoped],
    ["that one is a member still", manager, null],
  ];

  it.each(others)("(%s) is outdated when it was issued before", (_, token, claims) => {
    for (const seconds of [-3_600, -60, -1]) expect(isRefused(token, seconds, changeTo(claims))).toBe(true);
  });

  it.each(others)(
    "(%s) is outdated in the second of the change, in which nobody can tell",
    (_, token, claims) => {
      expect(isRefused(token, 0, changeTo(claims))).toBe(true);
    },
  );

  it.each(others)(
    "(%s) is outdated while it may be due to clocks that differ, and good after",
    (_, token, claims) => {
      expect(isRefused(token, 5, changeTo(claims))).toBe(true);
      expect(isRefused(token, 6, changeTo(claims))).toBe(false);
    },
  );
});

describe("a token that says what the newest change says", () => {
  it.each([-3_600, -1, 0, 1, 6])("is good when it was issued %i seconds after it", (seconds) => {
    for (const claims of [manager, viewer, scoped])
      expect(isRefused(claims, seconds, changeTo(claims))).toBe(false);
  });

  it("is good in whatever order its scope stands", () => {
    const token = { ...scoped, campusIds: ["south", "north", "south"] };
    expect(isRefused(token, -1, changeTo(scoped))).toBe(false);
  });
});

describe("a change", () => {
  it("of another member outdates nothing", () => {
    expect(isRefused(manager, -60, { ...changeTo(null), uid: "ben" })).toBe(false);
  });

  it("may be given without fractions of a second", () => {
    const change = { ...changeTo(null), at: "2026-11-23T08:00:00Z" };
    expect([isRefused(viewer, -1, change), isRefused(viewer, 6, change)]).toEqual([true, false]);
  });

  it("is kept until the last token that it outdates has expired", () => {
    const lastIssued = 5;
    expect(memberChangeSeconds).toBeGreaterThan(3_600 + lastIssued);
  });

  it.each([
    ["uid", "a/b"],
    ["organizationId", ""],
    ["claims", undefined],
    ["claims", { organizationId: "riverside", role: "owner" }],
    ["at", "yesterday"],
  ])("with %s = %j is none", (field, value) => {
    const { error } = memberChangeSchema.safeParse({ ...changeTo(viewer), [field]: value });
    expect(error?.issues[0]?.path[0]).toBe(field);
  });
});
