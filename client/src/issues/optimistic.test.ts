import { type Issue, moveNames, statuses } from "@faultline/contract";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { World } from "../../test/world.ts";
import { assigned, merged, moved, updated } from "./optimistic.ts";

const time = "2026-11-23T07:00:00.000Z";

function issueOf(status: Issue["status"]): Issue {
  const world = new World();
  world.create("a", status);
  const [issue] = world.list({});
  if (!issue) throw new Error("it is there");
  return issue;
}

describe("a merged issue", () => {
  it("that is reopened is merged no more", () => {
    const resolved = merged(issueOf("in_progress"), "b", time);
    expect(resolved).toMatchObject({ status: "resolved", mergedInto: "b", resolvedAt: time });
    expect(moved(resolved, "close", time)).toMatchObject({ status: "closed", mergedInto: "b" });
    expect(moved(resolved, "reopen", time)).not.toHaveProperty("mergedInto");
    expect(updated(resolved, { status: "open" }, time)).not.toHaveProperty("mergedInto");
  });

  it("is not merged into another, which the server refuses", () => {
    const resolved = merged(issueOf("open"), "b", time);
    expect(merged(resolved, "c", time)).toBe(resolved);
  });
});

describe("what a write makes of its own outcome", () => {
  const write = fc.oneof(
    fc.constantFrom(...moveNames).map((move) => (issue: Issue) => moved(issue, move, time)),
    fc.constantFrom(...statuses).map((status) => (issue: Issue) => updated(issue, { status }, time)),
    fc.constantFrom("x", null).map((uid) => (issue: Issue) => assigned(issue, uid, time)),
    fc.constant((issue: Issue) => merged(issue, "b", time)),
    fc.constantFrom("low", "critical").map((severity) => {
      return (issue: Issue) => updated(issue, { severity, location: null, title: "T" }, time);
    }),
  );

  it("is the same again, so that an event that overtakes the answer changes nothing", () => {
    fc.assert(
      fc.property(fc.constantFrom(...statuses), write, (status, apply) => {
        const outcome = apply(issueOf(status));
        expect(apply(outcome)).toEqual(outcome);
      }),
    );
  });
});
