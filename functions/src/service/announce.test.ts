import { describe, expect, it } from "vitest";
import { report, startApi } from "../../test/api.ts";
import { document } from "../../test/firestore.ts";
import { connect, storyOf } from "../../test/log.ts";
import { ownRedis, silentRedis } from "../../test/redis.ts";

describe("the fast path", () => {
  it("has published every change when the request is answered", async () => {
    const { ask, organizationId } = await startApi();
    const redis = connect();
    const { body } = await ask("POST", "/api/issues", { body: report });
    expect(await storyOf(redis, organizationId)).toEqual(["issue:created 1"]);
    await ask("POST", `/api/issues/${body.id}/comments`, { body: { text: "Hm" } });
    await ask("PATCH", `/api/issues/${body.id}`, { body: { status: "resolved", title: "Done" } });
    await ask("DELETE", `/api/issues/${body.id}`);
    expect(await storyOf(redis, organizationId)).toEqual([
      "issue:created 1",
      "issue:commented 2",
      "issue:updated 3",
      "issue:resolved 3",
      "issue:deleted 4",
    ]);
  });

  it("holds up no request for ever while Redis takes connections and says nothing", async () => {
    const { ask, organizationId } = await startApi({ redisUrl: await silentRedis(), publishTimeoutMs: 300 });
    const { status, body } = await ask("POST", "/api/issues", { body: report });
    expect(status).toBe(201);
    expect(await document(`organizations/${organizationId}/issues/${body.id}`)).toEqual(body);
  });

  it("holds up no request until Redis, which hangs, goes on", async () => {
    const server = await ownRedis();
    const { ask } = await startApi({ redisUrl: server.url, publishTimeoutMs: 300 });
    await ask("POST", "/api/issues", { body: report });
    const other = connect(server.url);
    await other.call("CLIENT", "PAUSE", 10_000, "ALL");
    let isHanging = true;
    const goesOn = () => {
      isHanging = false;
    };
    other.ping().then(goesOn, goesOn);
    const { status } = await ask("POST", "/api/issues", { body: report });
    expect([status, isHanging]).toEqual([201, true]);
  });

  it("fails no request while Redis is down, and publishes again once it is back", async () => {
    const server = await ownRedis();
    const { ask, organizationId } = await startApi({ redisUrl: server.url });
    await ask("POST", "/api/issues", { body: report });
    await server.kill();
    const { status, body } = await ask("POST", "/api/issues", { body: report });
    expect(status).toBe(201);
    await server.restart();
    await expect
      .poll(
        async () => {
          await ask("POST", `/api/issues/${body.id}/comments`, { body: { text: "Still there?" } });
          return (await storyOf(connect(server.url), organizationId)).slice(0, 3);
        },
        { timeout: 10_000 },
      )
      .toEqual(["issue:created 1", "issue:created 1", "issue:commented 2"]);
  });
});
