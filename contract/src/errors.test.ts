import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type ErrorReason, errorReasons, errorStatus, FaultlineError, toFaultlineError } from "./errors.ts";

const reasons = Object.keys(errorReasons) as readonly ErrorReason[];

describe("an error", () => {
  it.each([
    ["invalid-argument", 400],
    ["unauthenticated", 401],
    ["permission-denied", 403],
    ["not-found", 404],
    ["already-exists", 409],
    ["aborted", 409],
    ["failed-precondition", 412],
    ["resource-exhausted", 429],
    ["unavailable", 503],
    ["internal", 500],
  ] as const)("with the code %s has the HTTP status %i", (code, status) => {
    expect(errorStatus[code]).toBe(status);
    expect(Object.keys(errorStatus)).toHaveLength(10);
  });

  it.each(reasons)("for %s has that reason's code, status and retry", (reason) => {
    const { code, retry } = errorReasons[reason];
    const body = new FaultlineError(reason, "No.").toBody();
    expect(body).toEqual({ code, reason, status: errorStatus[code], message: "No.", retry });
  });

  it("names the field where there is one, and shows its cause to nobody outside", () => {
    const cause = new Error("secret");
    const error = new FaultlineError("body-invalid", "title: must not be empty", { field: "title", cause });
    expect(error.toBody()).toHaveProperty("field", "title");
    expect(error.cause).toBe(cause);
    expect(JSON.stringify(error.toBody())).not.toContain("secret");
  });

  it("without a cause has none, rather than one that is undefined", () => {
    expect("cause" in new FaultlineError("internal", "No.", { field: "x" })).toBe(false);
  });

  it("is an Error with a name and a stack", () => {
    const error = new FaultlineError("internal", "No.");
    expect(error).toBeInstanceOf(Error);
    expect(error.stack).toMatch(/^FaultlineError|^Error: No\./);
    expect(error.name).toBe("FaultlineError");
  });
});

describe("toFaultlineError", () => {
  it("leaves one of ours as it is", () => {
    const error = new FaultlineError("contended", "Again.");
    expect(toFaultlineError(error)).toBe(error);
  });

  it.each([new TypeError("db at 10.0.0.7"), "db at 10.0.0.7", undefined, { reason: "contended" }])(
    "makes internal of %j, keeps it as the cause and tells the caller nothing",
    (thrown) => {
      const error = toFaultlineError(thrown);
      expect(error.toBody()).toMatchObject({ reason: "internal", status: 500 });
      expect(error.message).not.toContain("10.0.0.7");
      expect(error.cause).toBe(thrown);
    },
  );
});

describe("docs/ERRORS.md", () => {
  const text = readFileSync(new URL("../../docs/ERRORS.md", import.meta.url), "utf8");
  const rows = [...text.matchAll(/^\| `([^`]+)` \| `([^`]+)` \| (\d+) \| (yes|no) \| (.+) \|$/gm)].map(
    ([, reason, code, status, retry, meaning]) => ({ reason, code, status: Number(status), retry, meaning }),
  );
  const expected = reasons.map((reason) => {
    const { code, retry, meaning } = errorReasons[reason];
    return { reason, code, status: errorStatus[code], retry: retry ? "yes" : "no", meaning };
  });

  it("documents every reason as the code has it, once and in its order, and no other", () => {
    expect(rows).toEqual(expected);
  });

  it("has no row that this test cannot read", () => {
    const [errorsPart = ""] = text.split("## Closes");
    const lines = errorsPart.split("\n").filter((line) => line.startsWith("| `"));
    expect(lines).toHaveLength(rows.length);
  });
});
