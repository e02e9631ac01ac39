import { describe, expect, it } from "vitest";
import { addressesOf, readSettings } from "./settings.ts";

describe("readSettings", () => {
  it("gives the ports that the documentation names", () => {
    expect(readSettings({}).ports).toEqual({
      hosting: 5000,
      functions: 5001,
      auth: 9099,
      firestore: 8080,
      relay: 4100,
      redis: 6390,
    });
  });

  it("takes each port from its variable", () => {
    expect(addressesOf(readSettings({ FAULTLINE_PORT_RELAY: "4200" })).relay).toBe("http://127.0.0.1:4200");
  });

  it.each([
    ["FAULTLINE_PORT_HOSTING", "web"],
    ["FAULTLINE_PORT_REDIS", "70000"],
    ["FAULTLINE_FIRESTORE", "memory"],
    ["FAULTLINE_LOG", "loud"],
  ])("names %s when it is malformed", (name, value) => {
    expect(() => readSettings({ [name]: value })).toThrow(name);
  });
});
