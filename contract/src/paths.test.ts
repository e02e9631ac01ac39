import { describe, expect, it } from "vitest";
import { paths } from "./paths.ts";

describe("paths in Firestore", () => {
  it.each([
    [paths.organization("riverside"), "organizations/riverside"],
    [paths.campuses("riverside"), "organizations/riverside/campuses"],
    [paths.buildings("riverside"), "organizations/riverside/buildings"],
    [paths.members("riverside"), "organizations/riverside/members"],
    [paths.issues("riverside"), "organizations/riverside/issues"],
    [paths.activity("riverside", "leak-1"), "organizations/riverside/issues/leak-1/activity"],
    [paths.alerts("riverside"), "organizations/riverside/alerts"],
    [paths.heat("riverside"), "organizations/riverside/heat"],
  ])("%s is where the design has it", (path, expected) => {
    expect(path).toBe(expected);
  });
});
