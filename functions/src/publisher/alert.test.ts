import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { connect, logOf } from "../../test/log.ts";
import { publisherOf } from "../../test/publisher.ts";

const redis = connect();

describe("an alert", () => {
  const alertOf = (organizationId: string) => ({
    id: "lift",
    organizationId,
    campusId: "north",
    buildingId: "gym",
    message: "Lift stands still",
    severity: "high" as const,
    startsAt: "2026-11-23T07:00:00.000Z",
    endsAt: null,
    createdAt: "2026-11-23T07:00:00.000Z",
    createdBy: "max",
    cancelledAt: null,
  });

  it("is published once per event that told of it", async () => {
    const organizationId = `org-${randomUUID()}`;
    const alert = alertOf(organizationId);
    const publisher = publisherOf();
    const time = "2026-11-23T07:00:01.000Z";
    for (const eventId of ["e1", "e1", "e2"])
      await publisher.publishAlert({ alert, buildingIds: [], eventId, time });
    const log = await logOf(redis, organizationId);
    expect(log.map(({ event }) => event)).toEqual(
      Array(2).fill({
        type: "maintenance:alert",
        organizationId,
        campusId: "north",
        buildingId: "gym",
        time,
        data: { alert },
      }),
    );
  });

  it("that was withdrawn does not come back by an event that is late", async () => {
    const organizationId = `org-${randomUUID()}`;
    const alert = alertOf(organizationId);
    const [issued, withdrawn] = ["2026-11-23T07:00:01.000Z", "2026-11-23T07:00:02.000Z"];
    const publisher = publisherOf();
    const end = { ...alert, cancelledAt: withdrawn };
    await publisher.publishAlert({ alert: end, buildingIds: [], eventId: "e2", time: withdrawn });
    await publisher.publishAlert({ alert, buildingIds: [], eventId: "e1", time: issued });
    const log = await logOf(redis, organizationId);
    expect(log.map(({ event }) => event.data)).toEqual([{ alert: end }]);
  });
});
