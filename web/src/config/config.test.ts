import { describe, expect, it } from "vitest";
import { ConfigError, loadConfig, parseConfig } from "./config.ts";

const firebase = { apiKey: "key", projectId: "project" };
const emulator = { auth: "http://127.0.0.1:9099", password: "x", users: [{ email: "a@b.test", label: "a" }] };

describe("the configuration", () => {
  it("needs a relay and Firebase, and has the API beside the page", () => {
    expect(parseConfig({ relay: "https://relay.test", firebase })).toEqual({
      api: "/api",
      relay: "https://relay.test",
      firebase,
    });
  });

  it("has demo users only where it names an emulator", () => {
    expect(parseConfig({ relay: "r", firebase })).not.toHaveProperty("emulator");
    expect(parseConfig({ relay: "r", firebase, emulator }).emulator).toEqual(emulator);
  });

  it.each([
    ["relay", { firebase }],
    ["firebase", { relay: "r" }],
    ["firebase.apiKey", { relay: "r", firebase: { projectId: "p" } }],
    ["emulator.auth", { relay: "r", firebase, emulator: {} }],
    ["emulator.users.0.email", { relay: "r", firebase, emulator: { ...emulator, users: [{}] } }],
    ["mapStyle", { relay: "r", firebase, mapStyle: 7 }],
  ])("without a proper %s is refused, naming it", (field, file) => {
    expect(() => parseConfig(file)).toThrow(ConfigError);
    expect(() => parseConfig(file)).toThrow(`${field}:`);
  });

  it("has Firebase's settings from Hosting unless they are in the file", async () => {
    const files: Record<string, Record<string, unknown>> = {
      "/config.json": { relay: "r" },
      "/__/firebase/init.json": { ...firebase, storageBucket: "unused" },
    };
    const config = await loadConfig(async (path) => files[path] ?? {});
    expect(config.firebase).toEqual(firebase);
  });
});
