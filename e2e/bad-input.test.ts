/** Bad input at the real doors: each is refused with its reason, and changes nothing. */
import { type ErrorBody, socketPath } from "@faultline/contract";
import { projectId } from "@faultline/local/settings";
import { signInAs } from "@faultline/local/sign-in";
import { generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import { io } from "socket.io-client";
import { beforeAll, describe, expect, it } from "vitest";
import { request } from "./support/doors.ts";
import { sharedStack } from "./support/shared_stack.ts";
import { runCommand, type Stack } from "./support/stack.ts";

const issue = { buildingId: "library", title: "Tap drips", category: "plumbing", severity: "high" };

let stack: Stack;
const tokens: Record<string, string> = {};
let existing: { readonly id: string; readonly version: number };

beforeAll(async () => {
  stack = await sharedStack();
  for (const name of ["admin", "viewer", "harbor"])
    tokens[name] = await signInAs(`${name}@riverside.test`, stack.addresses)();
  Object.assign(tokens, await badTokens());
  const { body } = await request(stack, "POST", "/issues", { token: tokens.admin, body: issue });
  existing = body;
});

/** Tokens as the Auth emulator makes them, each wrong in one way. */
async function badTokens(): Promise<Record<string, string>> {
  const claims = { organizationId: "riverside", role: "admin" };
  const unsigned = (payload: object, expires: string | number = "1h") =>
    new UnsecuredJWT({ ...payload })
      .setSubject("riverside-admin")
      .setIssuer(`https://securetoken.google.com/${projectId}`)
      .setAudience(projectId)
      .setIssuedAt()
      .setExpirationTime(expires)
      .encode();
  const { privateKey } = await generateKeyPair("RS256");
  const signed = new SignJWT(claims)
    .setProtectedHeader({ alg: "RS256", kid: "unknown" })
    .setSubject("riverside-admin")
    .setIssuer(`https://securetoken.google.com/${projectId}`)
    .setAudience(projectId)
    .setIssuedAt()
    .setExpirationTime("1h");
  return {
    expired: unsigned(claims, Math.floor(Date.now() / 1000) - 3_600),
    homeless: unsigned({ role: "admin" }),
    roleless: unsigned({ ...claims, role: "owner" }),
    signed: await signed.sign(privateKey),
    garbage: "not.a.token",
  };
}

const badTokenRows = [
  ["no token", undefined, 401, "token-missing"],
  ["garbage", "garbage", 401, "token-invalid"],
  ["a wrongly signed token", "signed", 401, "token-invalid"],
  ["an expired token", "expired", 401, "token-expired"],
  ["a token without an organization", "homeless", 403, "organization-missing"],
  ["a token with an unknown role", "roleless", 403, "organization-missing"],
] as const;

const tokenOf = (name: string | undefined) => (name === undefined ? undefined : tokens[name]);

describe("the API refuses", () => {
  it.each(badTokenRows)("%s", async (_, name, status, reason) => {
    const answer = await request(stack, "GET", "/issues", { token: tokenOf(name) });
    expect(answer).toMatchObject({ status, body: { status, reason } });
    expect(answer.headers.get("content-type")).toContain("application/problem+json");
  });

  const path = () => `/issues/${existing.id}`;
  it.each<
    readonly [
      string,
      string,
      () => string,
      unknown,
      Record<string, string>,
      number,
      string,
      string | undefined,
    ]
  >([
    [
      "a missing field",
      "POST",
      () => "/issues",
      { ...issue, title: undefined },
      {},
      400,
      "body-invalid",
      "title",
    ],
    ["a wrong type", "POST", () => "/issues", { ...issue, title: 7 }, {}, 400, "body-invalid", "title"],
    [
      "an unknown field",
      "POST",
      () => "/issues",
      { ...issue, colour: "red" },
      {},
      400,
      "body-invalid",
      "colour",
    ],
    [
      "a nested field off the globe",
      "POST",
      () => "/issues",
      { ...issue, location: { lat: 99, lng: 1 } },
      {},
      400,
      "body-invalid",
      "location.lat",
    ],
    [
      "an unknown building",
      "POST",
      () => "/issues",
      { ...issue, buildingId: "nowhere" },
      {},
      404,
      "building-unknown",
      "buildingId",
    ],
    ["invalid JSON", "POST", () => "/issues", '{"title":', {}, 400, "json-invalid", undefined],
    [
      "an oversized body",
      "POST",
      () => "/issues",
      { ...issue, description: "x".repeat(200_000) },
      {},
      400,
      "body-too-large",
      undefined,
    ],
    [
      "another media type",
      "POST",
      () => "/issues",
      "title=x",
      { "content-type": "text/plain" },
      400,
      "media-type-unsupported",
      undefined,
    ],
    ["an unknown issue", "GET", () => "/issues/nothing-here", undefined, {}, 404, "issue-unknown", undefined],
    ["an illegal move", "POST", () => `${path()}/reopen`, {}, {}, 412, "move-illegal", "status"],
    [
      "a stale If-Match",
      "PATCH",
      path,
      { title: "Newer" },
      { "if-match": '"99"' },
      412,
      "version-stale",
      undefined,
    ],
    [
      "a malformed If-Match",
      "PATCH",
      path,
      { title: "Newer" },
      { "if-match": "yesterday" },
      400,
      "query-invalid",
      undefined,
    ],
    [
      "an assignee who is no member",
      "POST",
      () => `${path()}/assign`,
      { assigneeId: "stranger" },
      {},
      404,
      "member-unknown",
      "assigneeId",
    ],
    ["an unknown filter", "GET", () => "/issues?colour=red", undefined, {}, 400, "query-invalid", "colour"],
    ["a malformed limit", "GET", () => "/issues?limit=1000", undefined, {}, 400, "query-invalid", "limit"],
    ["a foreign cursor", "GET", () => "/issues?cursor=abc", undefined, {}, 400, "cursor-invalid", "cursor"],
    ["an unknown route", "GET", () => "/issuez", undefined, {}, 404, "route-unknown", undefined],
  ])(
    "%s, naming the field, and changes nothing",
    async (_, method, at, body, headers, status, reason, field) => {
      const before = await issueCount();
      const answer = await request(stack, method, at(), { token: tokens.admin, body, headers });
      expect(answer).toMatchObject({ status, body: { status, reason, ...(field && { field }) } });
      expect((await request(stack, "GET", path(), { token: tokens.admin })).body).toEqual(existing);
      expect(await issueCount()).toBe(before);
    },
  );

  it("what a role may not do", async () => {
    const answer = await request(stack, "POST", "/issues", { token: tokens.viewer, body: issue });
    expect(answer).toMatchObject({ status: 403, body: { reason: "permission-missing" } });
  });

  it("what lies outside a member's scope", async () => {
    const answer = await request(stack, "GET", path(), { token: tokens.harbor });
    expect(answer).toMatchObject({ status: 403, body: { reason: "scope-exceeded" } });
  });

  async function issueCount(): Promise<number> {
    return (await request(stack, "GET", "/stats", { token: tokens.admin })).body.stats.total;
  }
});

describe("the relay refuses", () => {
  it.each(badTokenRows)("a socket with %s", async (_, name, status, reason) => {
    const token = tokenOf(name);
    const socket = io(stack.addresses.relay, {
      path: socketPath,
      transports: ["websocket"],
      auth: token ? { token } : {},
      forceNew: true,
    });
    const data = await new Promise<ErrorBody | undefined>((resolve, reject) => {
      socket.once("connect_error", (error: Error & { data?: ErrorBody }) => resolve(error.data));
      socket.once("connect", () => reject(new Error("it was let in")));
    }).finally(() => socket.close());
    expect(data).toMatchObject({ status, reason });
  });

  it.each(badTokenRows)("a stream with %s", async (_, name, status, reason) => {
    const token = tokenOf(name);
    const response = await fetch(`${stack.addresses.relay}/api/realtime/events?room=org:riverside`, {
      headers: token ? { authorization: `Bearer ${token}` } : {},
    });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ status, reason });
  });

  const badRooms = [
    ["another organization", "admin", "org:hillcrest", 403, "room-foreign"],
    ["another organization's heat map", "admin", "heatmap:hillcrest", 403, "room-foreign"],
    ["a building of another organization", "admin", "building:tower", 404, "building-unknown"],
    ["a campus that does not exist", "admin", "campus:moon", 404, "campus-unknown"],
    ["a campus outside a member's scope", "harbor", "campus:north", 403, "scope-exceeded"],
    ["the whole organization for a scoped member", "harbor", "org:riverside", 403, "scope-exceeded"],
    ["a name that is no room", "admin", "lobby", 400, "room-invalid"],
    ["a key of another tenant", "admin", "org:riverside/../hillcrest", 400, "room-invalid"],
  ] as const;

  it.each(badRooms)("a socket in %s", async (_, user, room, status, reason) => {
    const socket = io(stack.addresses.relay, {
      path: socketPath,
      transports: ["websocket"],
      auth: { token: tokens[user] },
      forceNew: true,
    });
    try {
      const answer = await socket.emitWithAck("subscribe", { rooms: [room] });
      expect(answer).toMatchObject({ ok: false, error: { status, reason } });
      expect(answer.error.field).toContain("rooms");
    } finally {
      socket.close();
    }
  });

  it.each(badRooms)("a stream of %s", async (_, user, room, status, reason) => {
    const response = await fetch(
      `${stack.addresses.relay}/api/realtime/events?room=${encodeURIComponent(room)}`,
      {
        headers: { authorization: `Bearer ${tokens[user]}` },
      },
    );
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ status, reason, field: expect.stringContaining("room") });
  });
});

describe("the commands refuse", () => {
  it("a room that may not be watched", async () => {
    const { status, output } = await runCommand(stack, "watch", [
      "--as",
      "harbor@riverside.test",
      "org:riverside",
    ]);
    expect({ status, output }).toMatchObject({
      status: 1,
      output: expect.stringContaining("scope-exceeded"),
    });
  });

  it("a call without what is needed, saying how it is meant", async () => {
    for (const command of ["import", "replay", "watch"]) {
      const { status, output } = await runCommand(stack, command, []);
      expect({ status, output }).toMatchObject({
        status: 1,
        output: expect.stringContaining(`npm run ${command} --`),
      });
    }
  });
});
