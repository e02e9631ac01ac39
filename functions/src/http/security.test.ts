import { describe, expect, it } from "vitest";
import { startApi } from "../../test/api.ts";
import { startFramework } from "../../test/framework.ts";

const { ask, url, report } = await startApi();
const framework = await startFramework("createIssue");

const all = {
  "x-content-type-options": "nosniff",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
};
const keptIn = (headers: Headers) =>
  Object.fromEntries(Object.keys(all).map((name) => [name, headers.get(name)]));

describe("the security headers", () => {
  it("are on every answer, whatever it is", async () => {
    const { id } = await report();
    const answers = [
      await ask("GET", "/api/issues"),
      await ask("GET", `/api/issues/${id}`),
      await ask("GET", `/api/issues/${id}`, { headers: { "If-None-Match": "*" } }),
      await ask("DELETE", `/api/issues/${id}`),
      await ask("GET", "/api/nothing"),
      await ask("GET", "/api/issues/%E0%A4%A"),
      await fetch(`${url}/api/issues`),
      await fetch(`${url}/api/issues`, { method: "OPTIONS", headers: { Origin: "https://app.example" } }),
      await fetch(`${framework.url}/getIssue`, { method: "POST" }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 304, 204, 404, 400, 401, 204, 400]);
    for (const { headers } of answers) {
      expect(keptIn(headers)).toEqual(all);
    }
  });

  it("let no cache keep what is somebody's, save an issue that its browser asks for again", async () => {
    const { id } = await report();
    const cached = async (path: string) => (await ask("GET", path)).headers.get("Cache-Control");
    for (const path of [
      "issues",
      `issues/${id}/activity`,
      "members",
      "buildings",
      "heatmap",
      "stats",
      "alerts",
    ])
      expect([path, await cached(`/api/${path}`)]).toEqual([path, "no-store"]);
    expect(await cached(`/api/issues/${id}`)).toBe("private, no-cache");
    const callable = await fetch(`${framework.url}/getIssue`, { method: "POST" });
    expect(callable.headers.get("Cache-Control")).toBe("no-store");
  });

  it("hold browsers to HTTPS where it is spoken", async () => {
    const named = async (headers: Readonly<Record<string, string>>) =>
      (await ask("GET", "/api/issues", { headers })).headers.get("Strict-Transport-Security");
    expect(await named({ "X-Forwarded-Proto": "https" })).toBe("max-age=31536000");
    expect(await named({})).toBeNull();
  });
});
