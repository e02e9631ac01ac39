import { describe, expect, inject, it } from "vitest";
import { report } from "../../test/api.ts";
import { startFramework } from "../../test/framework.ts";
import { organization } from "../../test/organization.ts";
import { idToken } from "../../test/token.ts";

const { url } = await startFramework("api");
const { id: organizationId } = await organization();
const token = idToken({ projectId: inject("projectId"), organizationId, role: "admin" });

const send = async (body: string, type = "application/json", path = "/issues") => {
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": type };
  const response = await fetch(`${url}/api${path}`, { method: "POST", headers, body });
  return { response, body: (await response.json()) as Record<string, unknown> };
};

describe("the API behind the Functions runtime, which parses bodies by itself", () => {
  it("takes JSON, at both of its addresses", async () => {
    for (const path of ["/issues", "/api/issues"]) {
      const { response, body } = await send(JSON.stringify(report), undefined, path);
      expect(response.status).toBe(201);
      expect(body).toMatchObject(report);
    }
  });

  it("takes a request without a body", async () => {
    const { body } = await send(JSON.stringify(report));
    const headers = { Authorization: `Bearer ${token}` };
    const answer = await fetch(`${url}/api/issues/${body.id}/resolve`, { method: "POST", headers });
    expect(await answer.json()).toMatchObject({ status: "resolved" });
  });

  it("tells of broken JSON itself", async () => {
    const { response, body } = await send('{"title":');
    expect(response.status).toBe(400);
    expect(response.headers.get("Content-Type")).toMatch(/^application\/problem\+json/);
    expect(body).toMatchObject({ reason: "json-invalid", field: "body" });
  });

  it("refuses other types, and too much", async () => {
    const types = { "text/plain": JSON.stringify(report), "application/x-www-form-urlencoded": "a=1" };
    for (const [type, text] of Object.entries(types))
      expect((await send(text, type)).body).toMatchObject({
        reason: "media-type-unsupported",
        field: "Content-Type",
      });
    const long = JSON.stringify({ ...report, description: "x".repeat(70_000) });
    expect((await send(long)).body).toMatchObject({ reason: "body-too-large", field: "body" });
  });
});
