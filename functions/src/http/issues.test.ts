import { describe, expect, it } from "vitest";
import { report, startApi } from "../../test/api.ts";
import { activityOf, cellOf, document } from "../../test/firestore.ts";

const api = await startApi();
const { ask, organizationId } = api;

describe("POST /api/issues", () => {
  it("creates an issue, its history and its building's cell at once", async () => {
    const { status, headers, body } = await ask("POST", "/api/issues", { body: report });
    expect(status).toBe(201);
    expect(headers.get("Location")).toBe(`/api/issues/${body.id}`);
    expect(headers.get("ETag")).toBe('"1"');
    expect(body).toMatchObject({ ...report, organizationId, campusId: "north", status: "open", version: 1 });
    expect(await document(`organizations/${organizationId}/issues/${body.id}`)).toEqual(body);
    expect(await activityOf(organizationId, body.id)).toMatchObject([
      { version: 1, events: ["issue:created"], actor: { uid: "ada" }, issue: body },
    ]);
    expect(await cellOf(organizationId, "library")).toMatchObject({
      version: 1,
      weight: 7,
      byStatus: { open: 1 },
    });
  });
});
