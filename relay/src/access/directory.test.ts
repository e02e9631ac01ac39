import { paths, type Room } from "@faultline/contract";
import { describe, expect, it } from "vitest";
import { ManualClock } from "../../test/clock.ts";
import { seed } from "../../test/fixtures.ts";
import { newOrganization, useFirestore } from "../../test/services.ts";
import { createDirectory, type DirectoryLimits } from "./directory.ts";
import { readPlaces } from "./places.ts";

const firestore = useFirestore();
const campus = (id: string): Room => ({ kind: "campus", id });
const building = (id: string): Room => ({ kind: "building", id });

async function directoryUnderTest(limits: Partial<DirectoryLimits> = {}) {
  const clock = new ManualClock();
  const reads: string[] = [];
  const organizationId = newOrganization();
  await seed(firestore, organizationId);
  const read = (id: string) => {
    reads.push(id);
    return readPlaces(firestore, id);
  };
  const directory = createDirectory(read, clock, limits);
  return { clock, reads, organizationId, find: directory.find };
}

describe("the directory", () => {
  it("knows where a campus and a building are, and what does not exist", async () => {
    const { find, organizationId } = await directoryUnderTest();
    expect(await find(organizationId, campus("north"))).toEqual({ campusId: "north" });
    expect(await find(organizationId, building("pier"))).toEqual({ campusId: "harbor", buildingId: "pier" });
    expect(await find(organizationId, building("north"))).toBeUndefined();
    expect(await find(newOrganization(), campus("north"))).toBeUndefined();
  });

  it("asks Firestore once for many who ask at once, and again only after a while", async () => {
    const { find, organizationId, reads, clock } = await directoryUnderTest({ freshMs: 60_000 });
    const places = await Promise.all(
      Array.from({ length: 20 }, () => find(organizationId, building("pier"))),
    );
    expect(new Set(places.map((place) => place?.campusId))).toEqual(new Set(["harbor"]));
    clock.advance(59_999);
    await find(organizationId, campus("north"));
    expect(reads).toHaveLength(1);
    clock.advance(1);
    await find(organizationId, campus("north"));
    expect(reads).toHaveLength(2);
  });

  it("soon finds a building that has just been made, without asking for every name that does not exist", async () => {
    const { find, organizationId, reads, clock } = await directoryUnderTest({ unknownMs: 2_000 });
    expect(await find(organizationId, building("annex"))).toBeUndefined();
    await firestore.doc(`${paths.buildings(organizationId)}/annex`).set({ campusId: "north" });
    await find(organizationId, building("annex"));
    expect(reads).toHaveLength(1);
    clock.advance(2_000);
    expect(await find(organizationId, building("annex"))).toMatchObject({ campusId: "north" });
    expect(reads).toHaveLength(2);
  });

  it("forgets the organization that was not asked for the longest", async () => {
    const { find, reads } = await directoryUnderTest({ organizations: 2 });
    for (const name of ["one", "two", "one", "three", "one", "two"]) await find(name, campus("north"));
    expect(reads).toEqual(["one", "two", "three", "two"]);
  });

  it("passes over a building without a campus", async () => {
    const { find, organizationId } = await directoryUnderTest();
    await firestore.doc(`${paths.buildings(organizationId)}/tent`).set({ name: "Tent" });
    expect(await find(organizationId, building("tent"))).toBeUndefined();
    expect(await find(organizationId, building("pier"))).toBeDefined();
  });

  it("answers `unavailable` when Firestore fails, and asks again the next time", async () => {
    const failing = { isOut: true };
    const read = async () => {
      if (failing.isOut) throw new Error("out");
      return new Map([["campus:north", { campusId: "north" }]]);
    };
    const directory = createDirectory(read, new ManualClock());
    await expect(directory.find("org", campus("north"))).rejects.toMatchObject({ reason: "unavailable" });
    failing.isOut = false;
    expect(await directory.find("org", campus("north"))).toEqual({ campusId: "north" });
  });
});
