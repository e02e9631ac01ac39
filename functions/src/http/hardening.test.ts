import { once } from "node:events";
import { connect } from "node:net";
import { SignJWT } from "jose";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { report, startApi } from "../../test/api.ts";
import { everything } from "../../test/firestore.ts";
import { idToken } from "../../test/token.ts";
import type { Problem } from "./problem.ts";

const api = await startApi();
const { ask, organizationId, url } = api;
const projectId = inject("projectId");
let id = "";
let before: unknown;

beforeAll(async () => {
  ({ id } = await api.report());
  before = await everything(organizationId);
});

/** Asks with exactly these headers. */
const raw = async (
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: string | Uint8Array<ArrayBuffer>,
): Promise<{ response: Response; body: Problem }> => {
  const init = { method, headers, ...(body === undefined ? {} : { body }) };
  const response = await fetch(`${url}${path}`, init);
  return { response, body: (await response.json()) as Problem };
};
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
const admin = () => bearer(idToken({ projectId, organizationId, role: "admin", uid: "ada" }));

describe("a problem", () => {
  it("is told as problem+json with everything a program needs", async () => {
    const { response, body } = await raw("GET", "/api/issues/none", admin());
    expect(response.headers.get("Content-Type")).toMatch(/^application\/problem\+json/);
    expect(response.headers.get("Cache-Control")).toBe("no-store");
    expect(body).toEqual({
      type: "urn:faultline:error:issue-unknown",
      title: "There is no such issue in this organization.",
      status: 404,
      detail: "id: there is no issue none in your organization.",
      code: "not-found",
      reason: "issue-unknown",
      field: "id",
      retry: false,
    });
  });

  it("is an unknown route for a path or method that is not there", async () => {
    const unknown = [
      ["GET", "/"],
      ["GET", "/api"],
      ["GET", "/api/nothing"],
      ["PUT", `/api/issues/${id}`],
      ["POST", `/api/issues/${id}/explode`],
      ["GET", "/api/heatmap/rebuild"],
    ] as const;
    for (const [method, path] of unknown) {
      const { status, body } = await ask(method, path);
      expect([path, status, body.reason]).toEqual([path, 404, "route-unknown"]);
    }
  });

  it("is an unknown thing for an id that can't be one", async () => {
    for (const [path, reason] of [
      ["/api/issues/a%20b", "issue-unknown"],
      ["/api/issues/..%2f..%2fmembers", "issue-unknown"],
      [`/api/issues/${"x".repeat(65)}`, "issue-unknown"],
      ["/api/issues/__name__", "issue-unknown"],
      ["/api/alerts/a.b", "alert-unknown"],
    ] as const) {
      const { status, body } = await ask("GET", path);
      expect([path, status, body.reason]).toEqual([path, 404, reason]);
    }
    const { status, body } = await ask("GET", "/api/issues/%E0%A4%A");
    expect([status, body.reason, body.field]).toEqual([400, "query-invalid", "path"]);
  });
});

describe("a token", () => {
  const refusal = async (headers: Record<string, string>) => {
    const { response, body } = await raw("POST", "/api/issues", headers, "{}");
    return [response.status, body.reason, response.headers.get("WWW-Authenticate")];
  };
  const valid = { projectId, organizationId, role: "admin" } as const;

  it("is needed, and has to be a bearer token", async () => {
    expect(await refusal({})).toEqual([401, "token-missing", "Bearer"]);
    for (const Authorization of ["Basic YTpi", "Bearer", "Bearer a b", "nonsense"]) {
      expect(await refusal({ Authorization })).toEqual([
        401,
        "token-invalid",
        'Bearer error="invalid_token"',
      ]);
    }
  });

  it("is refused when expired, malformed, of another project or signed where none should be", async () => {
    const expired = await refusal(bearer(idToken({ ...valid, expires: "1 minute ago" })));
    expect(expired.slice(0, 2)).toEqual([401, "token-expired"]);
    const signed = await new SignJWT({ organizationId, role: "admin" })
      .setProtectedHeader({ alg: "HS256" })
      .setSubject("ada")
      .setIssuer(`https://securetoken.google.com/${projectId}`)
      .setAudience(projectId)
      .setIssuedAt()
      .setExpirationTime("1h")
      .sign(new TextEncoder().encode("a secret that is long enough to sign"));
    for (const token of ["x.y.z", idToken({ ...valid, projectId: "other" }), signed]) {
      expect((await refusal(bearer(token))).slice(0, 2)).toEqual([401, "token-invalid"]);
    }
  });

  it("is refused without an organization or a known role", async () => {
    const { role: _role, ...noRole } = valid;
    for (const claims of [
      { ...valid, organizationId: undefined },
      noRole,
      { ...valid, role: "owner" },
      { ...valid, organizationId: "a/b" },
      { ...valid, campusIds: [] },
    ]) {
      const token = idToken(claims as typeof valid);
      expect((await refusal(bearer(token))).slice(0, 2)).toEqual([403, "organization-missing"]);
    }
  });

  it("is not taken from anywhere but the header", async () => {
    const { response } = await raw("GET", `/api/issues?token=${idToken(valid)}`, {});
    expect(response.status).toBe(401);
  });
});

describe("a body", () => {
  it("that has a wrong field is refused, naming the field", async () => {
    const wrong: readonly (readonly [object, string])[] = [
      [{}, "buildingId"],
      [{ ...report, title: "" }, "title"],
      [{ ...report, title: "   " }, "title"],
      [{ ...report, title: 7 }, "title"],
      [{ ...report, title: "x".repeat(201) }, "title"],
      [{ ...report, title: "bell\u0007" }, "title"],
      [{ ...report, description: "x".repeat(10_001) }, "description"],
      [{ ...report, severity: "worst" }, "severity"],
      [{ ...report, category: null }, "category"],
      [{ ...report, buildingId: "../x" }, "buildingId"],
      [{ ...report, location: { lat: 91, lng: 0 } }, "location.lat"],
      [{ ...report, location: { lat: 1, lng: 1, color: "red" } }, "location.color"],
      [{ ...report, status: "closed" }, "status"],
      [{ ...report, reporterId: "someone" }, "reporterId"],
      [{ ...report, campusId: "north" }, "campusId"],
    ];
    for (const [body, field] of wrong) {
      const answer = await ask("POST", "/api/issues", { body });
      expect([field, answer.status, answer.body.reason, answer.body.field]).toEqual([
        field,
        400,
        "body-invalid",
        field,
      ]);
    }
  });

  it("of each other route is checked as well", async () => {
    const wrong: readonly (readonly [string, string, object, string])[] = [
      ["PATCH", `/api/issues/${id}`, {}, "body"],
      ["PATCH", `/api/issues/${id}`, { status: "gone" }, "status"],
      ["PATCH", `/api/issues/${id}`, { version: 9 }, "version"],
      ["POST", `/api/issues/${id}/assign`, {}, "assigneeId"],
      ["POST", `/api/issues/${id}/assign`, { assigneeId: "a/b" }, "assigneeId"],
      ["POST", `/api/issues/${id}/comments`, { text: " " }, "text"],
      ["POST", `/api/issues/${id}/resolve`, { comment: "x" }, "comment"],
      ["POST", `/api/issues/${id}/start`, { resolution: "x" }, "resolution"],
      ["POST", "/api/campuses", { id: "a b", name: "A", location: { lat: 0, lng: 0 } }, "id"],
      ["PUT", "/api/members/tess", { role: "boss" }, "role"],
      ["PUT", "/api/members/tess", { role: "viewer", campusIds: [] }, "campusIds"],
    ];
    for (const [method, path, body, field] of wrong) {
      const answer = await ask(method, path, { body });
      expect([path, answer.status, answer.body.reason, answer.body.field]).toEqual([
        path,
        400,
        "body-invalid",
        field,
      ]);
    }
  });

  it("that is not JSON in UTF-8 is refused", async () => {
    const json = { ...admin(), "Content-Type": "application/json" };
    for (const text of ["{", "{'a':1}", '{"a":1}x', "\u0000"]) {
      expect((await raw("POST", "/api/issues", json, text)).body).toMatchObject({
        reason: "json-invalid",
        field: "body",
      });
    }
    const latin = new Uint8Array([0x22, 0xe9, 0x22]);
    expect((await raw("POST", "/api/issues", json, latin)).body.reason).toBe("json-invalid");
    for (const text of ["null", "[]", '"text"', "7"]) {
      expect((await raw("POST", "/api/issues", json, text)).body).toMatchObject({
        reason: "body-invalid",
        field: "body",
      });
    }
    for (const type of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "application/json; charset=latin1",
      "",
    ]) {
      const headers = { ...admin(), "Content-Type": type };
      const { body } = await raw("POST", "/api/issues", headers, JSON.stringify(report));
      expect([type, body.reason, body.field]).toEqual([type, "media-type-unsupported", "Content-Type"]);
    }
    const zipped = { ...json, "Content-Encoding": "gzip" };
    expect((await raw("POST", "/api/issues", zipped, "x")).body.field).toBe("Content-Encoding");
  });

  it("that is too long is refused, with and without its length announced", async () => {
    const long = JSON.stringify({ ...report, description: "x".repeat(64 * 1024) });
    const json = { ...admin(), "Content-Type": "application/json" };
    const announced = await raw("POST", "/api/issues", json, long);
    expect([announced.response.status, announced.body.reason]).toEqual([400, "body-too-large"]);
    expect(await sendChunked(long)).toMatch(/body-too-large/);
  });

  /** Sends the body in chunks, whose number nobody knows beforehand. */
  async function sendChunked(text: string): Promise<string> {
    const { port } = new URL(url);
    const socket = connect(Number(port), "127.0.0.1");
    socket.write(
      "POST /api/issues HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n",
    );
    socket.write(`Content-Type: application/json\r\nAuthorization: ${admin().Authorization}\r\n\r\n`);
    socket.write(`${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`);
    let answer = "";
    socket.on("data", (chunk) => {
      answer += chunk.toString();
    });
    await once(socket, "close");
    return answer;
  }
});

describe("a header", () => {
  it("that can't be understood is refused, naming it", async () => {
    for (const tag of ["3", '"x"', '"1", x', '""']) {
      const { status, body } = await ask("PATCH", `/api/issues/${id}`, {
        body: { title: "X" },
        headers: { "If-Match": tag },
      });
      expect([tag, status, body.reason, body.field]).toEqual([tag, 400, "query-invalid", "If-Match"]);
    }
    for (const key of ["a b", "x".repeat(256), ""]) {
      const { body } = await ask("POST", "/api/issues", {
        body: report,
        headers: { "Idempotency-Key": key },
      });
      expect([body.reason, body.field]).toEqual(["query-invalid", "Idempotency-Key"]);
    }
  });

  it("If-Match of a version that has passed stops every change", async () => {
    const headers = { "If-Match": '"7", W/"9"' };
    const changes: readonly (readonly [string, string, object?])[] = [
      ["PATCH", "", { title: "X" }],
      ["POST", "/start"],
      ["POST", "/assign", { assigneeId: "tess" }],
      ["DELETE", ""],
    ];
    for (const [method, path, body] of changes) {
      const answer = await ask(method, `/api/issues/${id}${path}`, { headers, ...(body && { body }) });
      expect([answer.status, answer.body.reason, answer.body.field]).toEqual([
        412,
        "version-stale",
        "If-Match",
      ]);
    }
  });
});

it("nothing that was refused has changed anything", async () => {
  expect(await everything(organizationId)).toEqual(before);
});
