import type { FaultlineEvent } from "@faultline/contract";
import { describe, expect, it } from "vitest";
import { describeEvent } from "./watch.ts";

const place = { organizationId: "riverside", campusId: "north", buildingId: "library" };
const issue = { title: "Tap drips", severity: "high", status: "open", assigneeId: null };
const event = (type: string, data: object, where: object = place) =>
  ({ type, time: "2026-11-23T07:00:01.250Z", version: 3, data, ...where }) as unknown as FaultlineEvent;

describe("an event in the terminal", () => {
  it.each([
    ["issue:created", { issue }, "Tap drips [high, open] v3"],
    ["issue:commented", { issue, comment: "On my way." }, "Tap drips [high, open] v3: On my way."],
    ["issue:assigned", { issue: { ...issue, assigneeId: "kim" } }, "Tap drips [high, open, to kim] v3"],
    ["issue:assigned", { issue }, "Tap drips [high, open, to nobody] v3"],
    ["heatmap:updated", { cells: [{ buildingId: "library", weight: 7 }] }, "library weighs 7"],
    [
      "stats:updated",
      { scope: "org:riverside", stats: { unresolved: 2, total: 5 } },
      "org:riverside: 2 of 5 unresolved",
    ],
    ["maintenance:alert", { alert: { message: "No water", cancelledAt: null } }, "No water"],
    ["maintenance:alert", { alert: { message: "No water", cancelledAt: "x" } }, "withdrawn: No water"],
  ])("says the gist of %s", (type, data, gist) => {
    const line = describeEvent(event(type, data));
    expect(line.startsWith(`07:00:01.250  ${type}`)).toBe(true);
    expect(line).toContain("north/library");
    expect(line.endsWith(`  ${gist}`)).toBe(true);
  });

  it("names the organization where there is no narrower place", () => {
    const line = describeEvent(event("heatmap:updated", { cells: [] }, { organizationId: "riverside" }));
    expect(line).toContain("riverside");
  });
});
