import { describe, expect, it } from "vitest";
import { failureOf } from "../test/failures.ts";
import { aPrincipal } from "../test/samples.ts";
import { type Role, roles } from "./identity.ts";
import {
  type Action,
  assertCan,
  can,
  isInScope,
  isScoped,
  permissions,
  type Subject,
} from "./permissions.ts";
import { statuses } from "./terms.ts";

/** The design's table, word for word. */
const design = `
| | viewer | reporter | technician | manager | admin |
|---|---|---|---|---|---|
| read, subscribe | x | x | x | x | x |
| report, comment | | x | x | x | x |
| edit own open report | | x | x | x | x |
| work on issues assigned to one (status, resolve) | | | x | x | x |
| edit, assign, resolve, merge any in scope; alerts | | | | x | x |
| delete; members; buildings; rebuild | | | | | x |
`;

const place = { campusId: "north", buildingId: "library" };
const foreign: Subject = { ...place, reporterId: "rita", assigneeId: "tom", status: "open" };
const own: Subject = { ...foreign, reporterId: "ann" };
const assigned: Subject = { ...foreign, assigneeId: "ann" };

/** What each row of the table is, as actions on an issue. */
const rows: Readonly<Record<string, readonly (readonly [Action, Subject])[]>> = {
  "read, subscribe": [
    ["read", foreign],
    ["subscribe", place],
  ],
  "report, comment": [
    ["report", place],
    ["comment", foreign],
  ],
  "edit own open report": [["edit", own]],
  "work on issues assigned to one (status, resolve)": [["work", assigned]],
  "edit, assign, resolve, merge any in scope; alerts": [
    ["edit", foreign],
    ["assign", foreign],
    ["work", foreign],
    ["merge", foreign],
    ["alert", place],
  ],
  "delete; members; buildings; rebuild": [
    ["delete", foreign],
    ["members", place],
    ["buildings", place],
    ["rebuild", place],
  ],
};

const cellsOf = (line: string) =>
  line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
const [header = "", , ...lines] = design.trim().split("\n");
const [, ...columns] = cellsOf(header);
const cells = lines.flatMap((line) => {
  const [row = "", ...marks] = cellsOf(line);
  return (rows[row] ?? []).flatMap(([action, subject]) =>
    columns.map((role, column) => ({ row, action, subject, role: role as Role, may: marks[column] === "x" })),
  );
});

describe("the permission table", () => {
  it("has the design's roles, rows and every action", () => {
    expect(columns).toEqual(roles);
    expect(lines.map((line) => cellsOf(line)[0])).toEqual(Object.keys(rows));
    expect(new Set(cells.map(({ action }) => action))).toEqual(new Set(Object.keys(permissions)));
  });

  it.each(cells)("$row: whether a $role may $action is $may", ({ role, action, subject, may }) => {
    expect(can(aPrincipal({ role }), action, subject)).toBe(may);
  });

  it.each(cells)(
    "$row: for a $role, $action elsewhere than in their scope is refused",
    ({ role, action, subject }) => {
      for (const scope of [{ campusIds: ["south"] }, { buildingIds: ["gym"] }]) {
        const principal = aPrincipal({ role, ...scope });
        expect(can(principal, action, subject)).toBe(false);
        expect(failureOf(() => assertCan(principal, action, subject)).reason).toBe("scope-exceeded");
      }
    },
  );

  it.each(cells)(
    "$row: for a $role, a scope that holds the place leaves $action at $may",
    ({ role, action, subject, may }) => {
      for (const scope of [{ campusIds: ["north"] }, { buildingIds: ["library"] }]) {
        expect(can(aPrincipal({ role, ...scope }), action, subject)).toBe(may);
      }
    },
  );

  it.each(["reporter", "technician"] as const)(
    "lets a %s edit their own report only while it is open",
    (role) => {
      const editable = statuses.filter((status) => can(aPrincipal({ role }), "edit", { ...own, status }));
      expect(editable).toEqual(["open"]);
    },
  );

  it("lets a technician work on what is assigned to them, whatever its status, and on nothing unassigned", () => {
    const technician = aPrincipal({ role: "technician" });
    for (const status of statuses) expect(can(technician, "work", { ...assigned, status })).toBe(true);
    expect(can(technician, "work", { ...foreign, assigneeId: null })).toBe(false);
  });

  it("does not let a reporter work on an issue, though it were their own or assigned to them", () => {
    expect(can(aPrincipal({ role: "reporter" }), "work", { ...own, assigneeId: "ann" })).toBe(false);
  });

  it.each(["edit", "work"] as const)(
    "grants %s of no particular issue to nobody below a manager",
    (action) => {
      const granted = roles.filter((role) => can(aPrincipal({ role }), action));
      expect(granted).toEqual(["manager", "admin"]);
    },
  );
});

describe("an action on the whole organization", () => {
  it.each(["members", "buildings", "rebuild"] as const)("is not a scoped admin's: %s", (action) => {
    const scoped = aPrincipal({ role: "admin", campusIds: ["north"] });
    expect(can(scoped, action)).toBe(false);
    expect(failureOf(() => assertCan(scoped, action)).reason).toBe("scope-exceeded");
    expect(can(aPrincipal({ role: "admin" }), action)).toBe(true);
  });

  it.each(["read", "subscribe"] as const)(
    "is a scoped member's where the answer is filtered: %s",
    (action) => {
      expect(can(aPrincipal({ campusIds: ["north"] }), action)).toBe(true);
    },
  );
});

describe("assertCan", () => {
  it("lets pass what is allowed", () => {
    expect(() => assertCan(aPrincipal({ role: "reporter" }), "report", place)).not.toThrow();
  });

  it("says that the role lacks the permission, and what to do", () => {
    const failure = failureOf(() => assertCan(aPrincipal(), "delete", foreign));
    expect(failure.toBody()).toMatchObject({ reason: "permission-missing", status: 403, retry: false });
    expect(failure.message).toBe("A viewer may not do this (delete); ask an admin of your organization.");
  });

  it("says first that a place is out of scope, so that a role's rights there stay unknown", () => {
    const failure = failureOf(() => assertCan(aPrincipal({ campusIds: ["south"] }), "delete", foreign));
    expect(failure.toBody()).toMatchObject({ reason: "scope-exceeded", status: 403 });
  });
});

describe("the scope of a member", () => {
  const scopes = {
    nothing: {},
    campus: { campusIds: ["north"] },
    building: { buildingIds: ["library"] },
    both: { campusIds: ["south"], buildingIds: ["library"] },
    empty: { campusIds: [] },
  } as const;

  it.each([
    // scoped to, scoped?, campus north, its library, its gym, campus south, its pool
    ["nothing", false, true, true, true, true, true],
    ["campus", true, true, true, true, false, false],
    ["building", true, false, true, false, false, false],
    ["both", true, false, true, false, true, true],
    ["empty", true, false, false, false, false, false],
  ] as const)("that is limited to %s", (name, scoped, ...reach) => {
    const { campusIds, buildingIds } = { campusIds: undefined, buildingIds: undefined, ...scopes[name] };
    const principal = aPrincipal({
      ...(campusIds && { campusIds: [...campusIds] }),
      ...(buildingIds && { buildingIds: [...buildingIds] }),
    });
    const places = [
      { campusId: "north" },
      { campusId: "north", buildingId: "library" },
      { campusId: "north", buildingId: "gym" },
      { campusId: "south" },
      { campusId: "south", buildingId: "pool" },
    ];
    expect(isScoped(principal)).toBe(scoped);
    expect(places.map((where) => isInScope(principal, where))).toEqual(reach);
  });
});
