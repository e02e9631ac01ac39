import { describe, expect, inject, it } from "vitest";
import { report, startApi } from "../test/api.ts";
import { startFramework } from "../test/framework.ts";
import { connect, logOf } from "../test/log.ts";
import { organization } from "../test/organization.ts";
import { idToken } from "../test/token.ts";

const traceparent = `00-${"ab".repeat(16)}-${"cd".repeat(8)}-01`;

describe("the trace of a request", () => {
  it("is in the log beside what the request changed, and only that", async () => {
    const { ask, organizationId } = await startApi({ isTraced: true });
    const { body } = await ask("POST", "/api/issues", { body: report, headers: { traceparent } });
    await ask("POST", `/api/issues/${body.id}/comments`, { body: { text: "Hm" } });
    const log = await logOf(connect(), organizationId);
    expect(log.map((entry) => entry.traceparent)).toEqual([traceparent, undefined]);
  });

  it("is there too for a change by a callable, where the environment asks for it", async () => {
    process.env.FAULTLINE_TRACING = "true";
    const { url } = await startFramework("createIssue");
    const { id: organizationId } = await organization();
    const token = idToken({ projectId: inject("projectId"), organizationId, role: "admin", uid: "ada" });
    const answer = await fetch(`${url}/createIssue`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}`, traceparent },
      body: JSON.stringify({ data: report }),
    });
    expect(answer.status).toBe(200);
    const [entry] = await logOf(connect(), organizationId);
    expect(entry).toHaveProperty("traceparent", traceparent);
  });

  it("is not, where it is malformed; the request is answered all the same", async () => {
    const { ask, organizationId } = await startApi({ isTraced: true });
    const headers = { traceparent: `00-${"0".repeat(32)}-${"cd".repeat(8)}-01` };
    expect((await ask("POST", "/api/issues", { body: report, headers })).status).toBe(201);
    const [entry] = await logOf(connect(), organizationId);
    expect(entry).not.toHaveProperty("traceparent");
  });

  it("is not, unless that was asked for", async () => {
    const { ask, organizationId } = await startApi();
    await ask("POST", "/api/issues", { body: report, headers: { traceparent } });
    const [entry] = await logOf(connect(), organizationId);
    expect(entry).not.toHaveProperty("traceparent");
  });
});
