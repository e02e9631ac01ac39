import { describe, expect, it } from "vitest";
import { report, startApi } from "../../test/api.ts";
import { connect, storyOf } from "../../test/log.ts";
import { ownRedis } from "../../test/redis.ts";

describe("a trigger while Redis is out", () => {
  it("rejects, so that it is called again, and then delivers", async () => {
    const server = await ownRedis();
    const { ask, organizationId, runtime } = await startApi({ redisUrl: server.url });
    await server.kill();
    const { body } = await ask("POST", "/api/issues", { body: report });
    const written = { organizationId, issueId: body.id, before: undefined, after: body };
    await expect(runtime.issueTrigger(written)).rejects.toThrow("Redis is out of reach.");
    await server.restart();
    const retry = () => runtime.issueTrigger(written).then(() => "delivered");
    await expect.poll(() => retry().catch(() => "again"), { timeout: 10_000 }).toBe("delivered");
    expect(await storyOf(connect(server.url), organizationId)).toEqual(["issue:created 1"]);
  });
});
