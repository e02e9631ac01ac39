import { describe, expect, it } from "vitest";
import { assertSafeEnvironment } from "./verifier.ts";

const FIREBASE_AUTH_EMULATOR_HOST = "127.0.0.1:9099";

describe("assertSafeEnvironment", () => {
  it.each([
    ["deployed, without an emulator", { K_SERVICE: "relay" }],
    ["a developer's machine with the Auth emulator", { FIREBASE_AUTH_EMULATOR_HOST }],
    ["neither", {}],
    ["deployed, the emulator's address empty", { FIREBASE_AUTH_EMULATOR_HOST: "", K_SERVICE: "relay" }],
    ["the Functions emulator", { FIREBASE_AUTH_EMULATOR_HOST, K_SERVICE: "api", FUNCTIONS_EMULATOR: "true" }],
  ])("lets start: %s", (_, environment) => {
    expect(() => assertSafeEnvironment(environment)).not.toThrow();
  });

  const deployed = { FIREBASE_AUTH_EMULATOR_HOST, K_SERVICE: "relay" };
  it.each([
    ["a deployed service that sees the Auth emulator", deployed],
    ["one that says it is no Functions emulator", { ...deployed, FUNCTIONS_EMULATOR: "false" }],
    ["one that says nothing of it", { ...deployed, FUNCTIONS_EMULATOR: "" }],
    [
      "one that pretends to be the Functions emulator",
      { ...deployed, FUNCTIONS_EMULATOR: "true", K_CONFIGURATION: "relay" },
    ],
  ])("refuses to start, naming the variable: %s", (_, environment) => {
    expect(() => assertSafeEnvironment(environment)).toThrow(/FIREBASE_AUTH_EMULATOR_HOST/);
  });
});
