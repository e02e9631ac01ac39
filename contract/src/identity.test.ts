import { describe, expect, it } from "vitest";
import { describeFields, ids, notIds, notUids, uids } from "../test/fields.ts";
import { claimsLimit, claimsSchema, memberSchema, putMemberSchema, roles } from "./identity.ts";

const role = { accepts: roles, refuses: ["owner", "Admin", "", null, 1] };
const scope = {
  accepts: [...ids.map((id) => [id]), Array.from({ length: 30 }, String)],
  refuses: ["north", [], null, {}, Array.from({ length: 31 }, String), ...notIds.map((id) => [id])],
  at: (value: unknown) => (Array.isArray(value) && value.length === 1 ? "0" : ""),
  optional: true,
};

describe("a member", () => {
  describeFields(
    memberSchema,
    { uid: "ann", name: "Ann", role: "viewer" },
    {
      uid: { accepts: uids, refuses: notUids },
      name: { accepts: ["Ann", "", null], refuses: [7, {}] },
      role,
      campusIds: scope,
      buildingIds: scope,
    },
  );
});

describe("a change of a member", () => {
  describeFields(putMemberSchema, { role: "viewer" }, { role, campusIds: scope, buildingIds: scope });
});

describe("custom claims", () => {
  const valid = { organizationId: "riverside", role: "manager", campusIds: ["north"], buildingIds: ["pool"] };

  it("are read out of a token's other claims", () => {
    expect(claimsSchema.parse({ ...valid, iss: "x", aud: "y", firebase: {} })).toEqual(valid);
  });

  it("without a scope have no scope at all, not an empty one", () => {
    const claims = claimsSchema.parse({ organizationId: "riverside", role: "viewer" });
    expect(Object.keys(claims)).toEqual(["organizationId", "role"]);
  });

  it.each([
    ["organizationId", notIds],
    ["role", role.refuses],
    ["campusIds", scope.refuses],
    ["buildingIds", scope.refuses],
  ] as const)("with a malformed %s are refused: nothing is widened by mistake", (name, values) => {
    for (const value of values) {
      const result = claimsSchema.safeParse({ ...valid, [name]: value });
      expect(result.error?.issues[0]?.path[0]).toBe(name);
    }
  });

  it("have the limit of Firebase Auth", () => {
    expect(claimsLimit).toBe(1_000);
  });
});
