import { expect, it } from "vitest";
import { createTeardown } from "./teardown.ts";

it("ends the newest first, and the others although one fails", async () => {
  const teardown = createTeardown();
  const ended: string[] = [];
  teardown.add(async () => ended.push("redis"));
  teardown.add(() => Promise.reject(new Error("it hangs")));
  teardown.add(async () => ended.push("relay"));
  await expect(teardown.run()).rejects.toThrow("it hangs");
  expect(ended).toEqual(["relay", "redis"]);
  await teardown.run();
  expect(ended).toHaveLength(2);
});
