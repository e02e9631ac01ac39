import { describe, expect, it } from "vitest";
import { compilePattern } from "./pattern.ts";

describe("a document pattern", () => {
  it.each([
    ["organizations/{org}/issues/{issue}", "organizations/o/issues/i", true],
    ["organizations/{org}/issues/{issue}", "organizations/o/issues/i/activity/1", false],
    ["organizations/{org}/issues/{issue}", "organizations/o/alerts/i", false],
    ["/organizations/o/", "organizations/o", true],
    ["organizations/o", "organizations/other", false],
    ["logs/{rest=**}", "logs/a/b/c", true],
    ["logs/a-{part=*}.x", "logs/a-1.x", true],
    ["logs/a-{part}.x", "logs/a-1yx", false],
    ["logs/*", "logs/a", true],
  ])("%s and %s: %s", (pattern, path, matches) => {
    expect(compilePattern(pattern)(path)).toBe(matches);
  });
});
