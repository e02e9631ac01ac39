import { beforeAll, describe, expect, it } from "vitest";
import { leak, type Stack, startStack } from "./stack.ts";
import { until, watch } from "./until.ts";

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});

describe("a list of issues", () => {
  it("shows what was there before, and what others report afterwards", async () => {
    const first = await stack.as().issues.create(leak);
    const client = stack.open();
    const issues = client.watchIssues({ buildingId: "library" });
    watch(issues);
    const { items } = await issues.ready();
    expect(items.map(({ id }) => id)).toEqual([first.id]);
    await until(client.connection, ({ phase }) => phase === "live", "live");

    const second = await stack.as({ uid: "max" }).issues.create({ ...leak, title: "Again" });
    await until(issues, ({ items }) => items.length === 2, "two");
    expect(issues.getSnapshot().items[0]).toEqual({ ...second, isPending: false });
  });
});
