import { describe, expect, it } from "vitest";
import { report, startApi } from "../test/api.ts";
import { connect, logOf } from "../test/log.ts";

const traceparent = `00-${"ab".repeat(16)}-${"cd".repeat(8)}-01`;

describe("the trace of a request", () => {
  it("is in the log beside what the request changed, and only that", async () => {
    const { ask, organizationId } = await startApi({ isTraced: true });
    const { body } = await ask("POST", "/api/issues", { body: report, headers: { traceparent } });
    await ask("POST", `/api/issues/${body.id}/comments`, { body: { text: "Hm" } });
    const log = await logOf(connect(), organizationId);
    expect(log.map((entry) => entry.traceparent)).toEqual([traceparent, undefined]);
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
