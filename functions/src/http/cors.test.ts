import { describe, expect, it } from "vitest";
import { startApi } from "../../test/api.ts";

const origin = "https://app.example";

describe("cross-origin requests", () => {
  it("are allowed from anywhere by default, without cookies, and may read what they need", async () => {
    const { ask, url } = await startApi();
    const { headers } = await ask("GET", "/api/issues", { headers: { Origin: origin } });
    expect(headers.get("Access-Control-Allow-Origin")).toBe("*");
    expect(headers.get("Access-Control-Allow-Credentials")).toBeNull();
    expect(headers.get("Access-Control-Expose-Headers")).toMatch(/ETag, Location/);
    const preflight = await fetch(`${url}/api/issues`, {
      method: "OPTIONS",
      headers: { Origin: origin, "Access-Control-Request-Method": "PATCH" },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("Access-Control-Allow-Methods")).toMatch(/PATCH/);
    expect(preflight.headers.get("Access-Control-Allow-Headers")).toMatch(
      /Authorization.*If-Match.*Idempotency-Key/,
    );
  });

  it("tell even a refusal to the page that asked", async () => {
    const { url } = await startApi();
    const response = await fetch(`${url}/api/issues`, { headers: { Origin: origin } });
    expect(response.status).toBe(401);
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
  });

  it("are allowed only from the list where there is one", async () => {
    const { ask } = await startApi({ allowedOrigins: [origin] });
    const listed = await ask("GET", "/api/issues", { headers: { Origin: origin } });
    expect(listed.headers.get("Access-Control-Allow-Origin")).toBe(origin);
    expect(listed.headers.get("Vary")).toMatch(/Origin/);
    const other = await ask("GET", "/api/issues", { headers: { Origin: "https://evil.example" } });
    expect(other.headers.get("Access-Control-Allow-Origin")).toBeNull();
  });
});
