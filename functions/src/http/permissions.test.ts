import { type Role, roles } from "@faultline/contract";
import { describe, expect, it } from "vitest";
import { report, startApi } from "../../test/api.ts";

const api = await startApi();
const { ask } = api;

/** Who is asking has reported the issue and has it assigned to them. */
const uids: Readonly<Record<Role, string>> = {
  viewer: "vera",
  reporter: "rita",
  technician: "tess",
  manager: "max",
  admin: "ada",
};

interface Route {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

const place = { name: "X", location: { lat: 0, lng: 0 } };
const onIssue = (method: string, path: string, body?: unknown): Route => ({
  method,
  path: `/api/issues/ISSUE${path}`,
  body,
});

const another = await api.report();

const everyone = roles;
const reporters: readonly Role[] = ["reporter", "technician", "manager", "admin"];
const workers: readonly Role[] = ["technician", "manager", "admin"];
const managers: readonly Role[] = ["manager", "admin"];
const admins: readonly Role[] = ["admin"];

/** The issue is the asker's own, open, and assigned to them: what only others' issues forbid is told further down. */
const table: readonly (readonly [Route, readonly Role[]])[] = [
  [{ method: "GET", path: "/api/issues" }, everyone],
  [onIssue("GET", ""), everyone],
  [onIssue("GET", "/activity"), everyone],
  [{ method: "GET", path: "/api/heatmap" }, everyone],
  [{ method: "GET", path: "/api/stats" }, everyone],
  [{ method: "GET", path: "/api/campuses" }, everyone],
  [{ method: "GET", path: "/api/buildings" }, everyone],
  [{ method: "GET", path: "/api/alerts" }, everyone],
  [{ method: "POST", path: "/api/issues", body: report }, reporters],
  [onIssue("POST", "/comments", { text: "Seen" }), reporters],
  [onIssue("PATCH", "", { title: "Other" }), reporters],
  [onIssue("PATCH", "", { status: "in_progress" }), workers],
  [onIssue("POST", "/start"), workers],
  [onIssue("POST", "/hold"), workers],
  [onIssue("POST", "/resolve"), workers],
  [onIssue("POST", "/close"), workers],
  [onIssue("POST", "/assign", { assigneeId: "tess" }), managers],
  [onIssue("POST", "/merge", { into: another.id }), managers],
  [
    { method: "POST", path: "/api/alerts", body: { buildingId: "gym", message: "M", severity: "low" } },
    managers,
  ],
  [{ method: "GET", path: "/api/members" }, managers],
  [onIssue("DELETE", ""), admins],
  [{ method: "POST", path: "/api/campuses", body: { id: "CAMPUS", ...place } }, admins],
  [{ method: "PATCH", path: "/api/campuses/north", body: { name: "North" } }, admins],
  [{ method: "POST", path: "/api/buildings", body: { id: "b-CAMPUS", campusId: "north", ...place } }, admins],
  [{ method: "PATCH", path: "/api/buildings/gym", body: { name: "Gym" } }, admins],
  [{ method: "POST", path: "/api/heatmap/rebuild" }, admins],
];

const ownIssue = async (role: Role): Promise<string> => {
  const reporter = role === "viewer" ? "max" : uids[role];
  const { body } = await ask("POST", "/api/issues", {
    as: { uid: reporter, role: role === "viewer" ? "manager" : role },
    body: report,
  });
  await ask("POST", `/api/issues/${body.id}/assign`, { body: { assigneeId: uids[role] } });
  return body.id;
};

const send = async ({ method, path, body }: Route, role: Role) => {
  const issue = path.includes("ISSUE") ? await ownIssue(role) : "";
  const filled =
    body === undefined ? {} : { body: JSON.parse(JSON.stringify(body).replace("CAMPUS", `c-${role}`)) };
  return ask(method, path.replace("ISSUE", issue), { as: { uid: uids[role], role }, ...filled });
};

const rows = table.map(([route, allowed]) => ({ ...route, allowed }));

describe.each(rows)("$method $path", ({ allowed, ...route }) => {
  it.each(roles)("is answered a %s by the table", async (role) => {
    const { status, body } = await send(route, role);
    if (allowed.includes(role)) expect(status).toBeLessThan(300);
    else expect([status, body.reason]).toEqual([403, "permission-missing"]);
  });
});

describe("others' issues", () => {
  const refused = { status: 403, body: { reason: "permission-missing", code: "permission-denied" } };

  it("are not edited by reporters or technicians, and no longer once work has begun", async () => {
    const { id } = await api.report();
    for (const role of ["reporter", "technician"] as const) {
      const as = { uid: uids[role], role };
      expect(await ask("PATCH", `/api/issues/${id}`, { as, body: { title: "Mine" } })).toMatchObject(refused);
    }
    const own = await ownIssue("reporter");
    await ask("POST", `/api/issues/${own}/start`);
    const as = { uid: "rita", role: "reporter" } as const;
    expect(await ask("PATCH", `/api/issues/${own}`, { as, body: { title: "Late" } })).toMatchObject(refused);
  });

  it("are not worked on by a technician they are not assigned to", async () => {
    const { id } = await api.report();
    const as = { uid: "tess", role: "technician" } as const;
    for (const move of ["start", "hold", "resolve", "close"])
      expect(await ask("POST", `/api/issues/${id}/${move}`, { as })).toMatchObject(refused);
  });

  it("outside a manager's scope are out of reach, whatever is asked", async () => {
    const { id } = await api.report({ buildingId: "pier" });
    const as = { uid: "n", role: "manager", campusIds: ["north"] } as const;
    const routes = [
      onIssue("GET", ""),
      onIssue("GET", "/activity"),
      onIssue("PATCH", "", { title: "X" }),
      onIssue("POST", "/assign", { assigneeId: null }),
      onIssue("POST", "/merge", { into: another.id }),
      onIssue("POST", "/comments", { text: "X" }),
      onIssue("POST", "/start"),
      onIssue("DELETE", ""),
    ];
    for (const { method, path, body } of routes) {
      const answer = await ask(method, path.replace("ISSUE", id), {
        as,
        ...(body === undefined ? {} : { body }),
      });
      expect([path, answer.status, answer.body.reason]).toEqual([path, 403, "scope-exceeded"]);
    }
    const elsewhere = await ask("POST", "/api/issues", { as, body: { ...report, buildingId: "pier" } });
    expect([elsewhere.status, elsewhere.body.reason]).toEqual([403, "scope-exceeded"]);
  });

  it("of another organization do not exist", async () => {
    const { id } = await api.report();
    const as = { organizationId: "elsewhere" };
    for (const path of [`/api/issues/${id}`, `/api/issues/${id}/activity`]) {
      expect(await ask("GET", path, { as })).toMatchObject({
        status: 404,
        body: { reason: "issue-unknown" },
      });
    }
    expect((await ask("GET", "/api/issues", { as })).body.items).toEqual([]);
  });
});
