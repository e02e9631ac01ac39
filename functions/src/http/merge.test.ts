import { countIssues, type Issue, redisKeys } from "@faultline/contract";
import { describe, expect, it } from "vitest";
import { type Ask, startApi } from "../../test/api.ts";
import { activityOf, cellOf, document, everything } from "../../test/firestore.ts";
import { connect, logOf } from "../../test/log.ts";
import { organization } from "../../test/organization.ts";

const { ask, runtime } = await startApi();
const redis = connect();

/** Two reports of one leak, in an organization of their own. */
const arrange = async (places: Partial<Record<"duplicate" | "target", string>> = {}) => {
  const { id: organizationId } = await organization();
  const as = { organizationId, uid: "max", role: "manager" } as const;
  const report = async (title: string, buildingId = "library"): Promise<Issue> => {
    const body = { title, buildingId, category: "plumbing", severity: "high" };
    return (await ask("POST", "/api/issues", { as, body })).body;
  };
  const duplicate = await report("Wet ceiling", places.duplicate);
  const target = await report("Burst pipe", places.target);
  const merge = (id: string, into: string, more: Ask = {}) =>
    ask("POST", `/api/issues/${id}/merge`, { ...more, as: { ...as, ...more.as }, body: { into } });
  const move = (id: string, name: string) => ask("POST", `/api/issues/${id}/${name}`, { as });
  const read = (id: string): Promise<Issue> =>
    ask("GET", `/api/issues/${id}`, { as }).then(({ body }) => body);
  const told = async () =>
    (await logOf(redis, organizationId)).flatMap(({ event }) =>
      event.type === "maintenance:alert" ? [] : `${event.type} ${event.data.issue.title} ${event.version}`,
    );
  const refused = async (request: () => ReturnType<typeof ask>, problem: object) => {
    const before = await everything(organizationId);
    expect((await request()).body).toMatchObject(problem);
    expect(await everything(organizationId)).toEqual(before);
  };
  return { organizationId, as, duplicate, target, report, merge, move, read, told, refused };
};

const reported = ["issue:created Wet ceiling 1", "issue:created Burst pipe 1"];
const merged = [
  "issue:updated Wet ceiling 2",
  "issue:resolved Wet ceiling 2",
  "issue:commented Burst pipe 2",
];

describe("POST /api/issues/:id/merge", () => {
  it("resolves the duplicate in favour of the other, whose history tells of it", async () => {
    const { organizationId, duplicate, target, merge, read } = await arrange();
    const { status, headers, body } = await merge(duplicate.id, target.id);
    expect([status, headers.get("ETag")]).toEqual([200, '"2"']);
    expect(body).toEqual({
      ...duplicate,
      status: "resolved",
      mergedInto: target.id,
      resolvedAt: body.updatedAt,
      updatedAt: body.updatedAt,
      version: 2,
    });
    expect(await document(`organizations/${organizationId}/issues/${duplicate.id}`)).toEqual(body);
    expect(await read(target.id)).toEqual({ ...target, updatedAt: body.updatedAt, version: 2 });
    const actor = { uid: "max" };
    expect(await activityOf(organizationId, duplicate.id)).toMatchObject([
      { version: 1 },
      { version: 2, actor, events: ["issue:updated", "issue:resolved"], issue: body },
    ]);
    expect((await activityOf(organizationId, target.id)).at(-1)).toMatchObject({
      actor,
      events: ["issue:commented"],
      changed: [],
      comment: `Duplicate merged into this issue: Wet ceiling (${duplicate.id})`,
    });
  });

  it.each([
    ["of one building", {}],
    ["of two buildings", { duplicate: "gym" }],
  ])("counts two issues %s right", async (_, places) => {
    const { organizationId, duplicate, target, merge, read } = await arrange(places);
    await merge(duplicate.id, target.id);
    const issues = [await read(duplicate.id), await read(target.id)];
    for (const building of new Set(issues.map(({ buildingId }) => buildingId))) {
      const own = issues.filter(({ buildingId }) => buildingId === building);
      expect(await cellOf(organizationId, building)).toMatchObject(countIssues(own));
    }
  });

  it("is told once of each issue, however late the triggers come, and whatever the log has lost", async () => {
    const { organizationId, duplicate, target, merge, read, told } = await arrange();
    await merge(duplicate.id, target.id);
    expect([...(await told())].sort()).toEqual([...reported, ...merged].sort());
    const triggers = async () => {
      for (const before of [duplicate, target]) {
        const written = { organizationId, issueId: before.id, before, after: await read(before.id) };
        await runtime.issueTrigger(written);
        await runtime.issueTrigger(written);
      }
    };
    await triggers();
    expect(await told()).toHaveLength(5);
    const published = [duplicate, target].map(({ id }) => redisKeys.published(organizationId, `issue:${id}`));
    await redis.del(redisKeys.log(organizationId), redisKeys.head(organizationId), ...published);
    await triggers();
    const [created = "", other = ""] = reported;
    expect(await told()).toEqual([created, ...merged.slice(0, 2), other, ...merged.slice(2)]);
  });

  it("again writes nothing and gives the same answer, unless it is asked for an older version", async () => {
    const { organizationId, duplicate, target, merge, refused } = await arrange();
    const first = await merge(duplicate.id, target.id, { headers: { "If-Match": '"1"' } });
    const before = await everything(organizationId);
    expect(await merge(duplicate.id, target.id)).toMatchObject({ status: 200, body: first.body });
    expect(await everything(organizationId)).toEqual(before);
    const stale = () => merge(duplicate.id, target.id, { headers: { "If-Match": '"1"' } });
    await refused(stale, { status: 412, reason: "version-stale", field: "If-Match" });
  });

  it("takes what was resolved before, and leaves its time of resolution", async () => {
    const { duplicate, target, merge, move, told } = await arrange();
    const { resolvedAt } = (await move(duplicate.id, "resolve")).body;
    expect((await merge(duplicate.id, target.id)).body).toMatchObject({
      status: "resolved",
      resolvedAt,
      version: 3,
    });
    expect(await told()).toContain("issue:updated Wet ceiling 3");
    expect(await told()).not.toContain("issue:resolved Wet ceiling 3");
  });

  it("is forgotten when the duplicate is opened again, not when it is closed", async () => {
    const { duplicate, target, merge, move } = await arrange();
    await merge(duplicate.id, target.id);
    expect((await move(duplicate.id, "close")).body).toMatchObject({
      status: "closed",
      mergedInto: target.id,
    });
    expect((await move(duplicate.id, "reopen")).body).not.toHaveProperty("mergedInto");
    expect((await merge(duplicate.id, target.id)).body).toMatchObject({ mergedInto: target.id, version: 5 });
  });
});

describe("a merge is refused", () => {
  it("without another issue of the organization", async () => {
    const { duplicate, merge, refused, target } = await arrange();
    const elsewhere = await arrange();
    const unknown = { status: 404, reason: "issue-unknown" };
    await refused(() => merge(duplicate.id, duplicate.id), {
      status: 400,
      reason: "body-invalid",
      field: "into",
    });
    await refused(() => merge(duplicate.id, "a/b"), { status: 400, reason: "body-invalid", field: "into" });
    await refused(() => merge(duplicate.id, "nothing"), { ...unknown, field: "into" });
    await refused(() => merge(duplicate.id, elsewhere.target.id), { ...unknown, field: "into" });
    await refused(() => merge(elsewhere.target.id, target.id), { ...unknown, field: "id" });
  });

  it("once either is merged or deleted", async () => {
    const { as, duplicate, target, report, merge, refused } = await arrange();
    const third = await report("Puddle");
    await merge(duplicate.id, target.id);
    const problem = { status: 412, reason: "issue-merged", retry: false };
    await refused(() => merge(duplicate.id, third.id), { ...problem, field: "id" });
    await refused(() => merge(third.id, duplicate.id), { ...problem, field: "into" });
    await refused(() => merge(target.id, duplicate.id), { ...problem, field: "into" });
    await ask("DELETE", `/api/issues/${target.id}`, { as: { ...as, role: "admin" } });
    const unknown = { status: 404, reason: "issue-unknown" };
    await refused(() => merge(third.id, target.id), { ...unknown, field: "into" });
    await refused(() => merge(target.id, third.id), { ...unknown, field: "id" });
  });

  it("of what is closed", async () => {
    const { duplicate, target, merge, move, refused } = await arrange();
    await move(duplicate.id, "close");
    await refused(() => merge(duplicate.id, target.id), { status: 412, reason: "move-illegal" });
  });

  it("unless both lie in the manager's scope", async () => {
    const { duplicate, target, merge, refused } = await arrange({ target: "pier" });
    const problem = { status: 403, reason: "scope-exceeded" };
    for (const campusIds of [["north"], ["harbor"]])
      await refused(() => merge(duplicate.id, target.id, { as: { campusIds } }), problem);
    const as = { campusIds: ["north"], buildingIds: ["pier"] };
    expect((await merge(duplicate.id, target.id, { as })).status).toBe(200);
  });

  it("to one of two who merge the same issues into each other at once", async () => {
    const { organizationId, duplicate, target, merge, read } = await arrange();
    const answers = await Promise.all([merge(duplicate.id, target.id), merge(target.id, duplicate.id)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    const issues = [await read(duplicate.id), await read(target.id)];
    expect(issues.filter(({ mergedInto }) => mergedInto !== undefined)).toHaveLength(1);
    expect(await cellOf(organizationId, "library")).toMatchObject(countIssues(issues));
  });
});
