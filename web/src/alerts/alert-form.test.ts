import { createAlertSchema, parse } from "@faultline/contract";
import { describe, expect, it } from "vitest";
import { text } from "../text/index.ts";
import { emptyAlert, problemOfEnd, toNewAlert } from "./alert-form.ts";

const filled = { ...emptyAlert, place: "building:library", message: " Water off " };

describe("an alert from the form", () => {
  it("is one that the server takes, for a building or for a whole campus", () => {
    const building = toNewAlert(filled);
    expect(building).toEqual({ buildingId: "library", message: "Water off", severity: "medium" });
    expect(parse(createAlertSchema, building)).toEqual(building);
    expect(parse(createAlertSchema, toNewAlert({ ...filled, place: "campus:north" }))).toMatchObject({
      campusId: "north",
    });
  });

  it("has its times in UTC, whatever the clock on the wall says", () => {
    const alert = toNewAlert({ ...filled, from: "2026-03-03T14:05", until: "2026-03-03T16:00" });
    expect(alert.startsAt).toBe(new Date(2026, 2, 3, 14, 5).toISOString());
    expect(alert.endsAt).toBe(new Date(2026, 2, 3, 16).toISOString());
    expect(() => parse(createAlertSchema, alert)).not.toThrow();
  });
});

describe("the end of an alert", () => {
  const now = new Date(2026, 2, 3, 12).getTime();
  it.each([
    ["need not be given", { from: "2026-03-03T14:00", until: "" }, ""],
    ["may come after the beginning", { from: "2026-03-03T14:00", until: "2026-03-03T14:01" }, ""],
    ["may come after now", { from: "", until: "2026-03-03T12:01" }, ""],
    ["must not be past", { from: "", until: "2026-03-03T12:00" }, text.alerts.isOver],
    [
      "must not come before the beginning",
      { from: "2026-03-03T14:00", until: "2026-03-03T13:00" },
      text.alerts.endsTooSoon,
    ],
    [
      "must not be the beginning",
      { from: "2026-03-03T14:00", until: "2026-03-03T14:00" },
      text.alerts.endsTooSoon,
    ],
  ])("%s", (_, fields, problem) => {
    expect(problemOfEnd(fields, now)).toBe(problem);
  });
});
