import { describe, expect, it } from "vitest";
import { dashboardConfig } from "./dashboard.ts";
import { demoUsers } from "./demo/organizations.ts";
import { readSettings } from "./settings.ts";

describe("what the dashboard is told", () => {
  it("is where this run's relay and Auth emulator are", () => {
    const config = dashboardConfig(
      readSettings({ FAULTLINE_PORT_RELAY: "4711", FAULTLINE_PORT_AUTH: "4712" }),
    );
    expect(config.relay).toBe("http://127.0.0.1:4711");
    expect(config.emulator.auth).toBe("http://127.0.0.1:4712");
  });

  it("names every demo user, and what they are", () => {
    const { users } = dashboardConfig(readSettings({})).emulator;
    expect(users.map(({ email }) => email)).toEqual(demoUsers.map(({ email }) => email));
    expect(users).toContainEqual({
      email: "harbor@riverside.test",
      label: "viewer of riverside, only campus harbor",
    });
  });
});
