import { paths } from "@faultline/contract";
import { Firestore } from "firebase-admin/firestore";
import { afterAll, describe, expect, inject, it } from "vitest";
import { readBuildings } from "../geojson.ts";
import { importBuildings } from "./import.ts";

const firestore = new Firestore({
  projectId: inject("projectId"),
  host: inject("firestoreHost"),
  ssl: false,
});
afterAll(() => firestore.terminate());

const square = (east: number) => ({
  type: "Polygon",
  coordinates: [
    [
      [east, 52],
      [east + 0.2, 52],
      [east + 0.2, 52.1],
      [east, 52.1],
      [east, 52],
    ],
  ],
});
const feature = (ID: string, NAME: string, east = 4) => ({
  type: "Feature",
  properties: { ID, NAME, AREA: "A" },
  geometry: square(east),
});
const read = (...features: unknown[]) =>
  readBuildings(JSON.stringify({ type: "FeatureCollection", features }), {
    id: "ID",
    name: "NAME",
    campusBy: "AREA",
  });

describe("importBuildings", () => {
  it("writes what is new, then only what has changed", async () => {
    const org = `import-${crypto.randomUUID()}`;
    const first = await importBuildings(firestore, org, read(feature("a", "A"), feature("b", "B")));
    expect(first).toMatchObject({ added: 2, changed: 0, same: 0 });
    const before = await firestore.doc(`${paths.buildings(org)}/a`).get();
    const second = await importBuildings(
      firestore,
      org,
      read(feature("a", "A"), feature("b", "Renamed"), feature("c", "C", 5)),
    );
    expect(second).toMatchObject({ added: 1, changed: 1, same: 1 });
    expect((await firestore.doc(`${paths.buildings(org)}/a`).get()).updateTime).toEqual(before.updateTime);
    expect((await firestore.doc(`${paths.buildings(org)}/b`).get()).get("name")).toBe("Renamed");
  });

  it("keeps what was added to a building by hand", async () => {
    const org = `import-${crypto.randomUUID()}`;
    await importBuildings(firestore, org, read(feature("a", "A")));
    await firestore.doc(`${paths.buildings(org)}/a`).update({ rooms: ["101"] });
    expect(await importBuildings(firestore, org, read(feature("a", "A")))).toMatchObject({ same: 1 });
    await importBuildings(firestore, org, read(feature("a", "Renamed")));
    expect((await firestore.doc(`${paths.buildings(org)}/a`).get()).data()).toMatchObject({
      name: "Renamed",
      rooms: ["101"],
    });
  });

  it("imports the rest when a feature is refused, and says which", async () => {
    const org = `import-${crypto.randomUUID()}`;
    const result = await importBuildings(firestore, org, read(feature("", "Nameless"), feature("a", "A")));
    expect(result).toMatchObject({
      added: 1,
      problems: [expect.stringMatching(/^feature 1: properties.ID/)],
    });
  });

  it("imports the rest when a write fails, and says which", async () => {
    const org = `import-${crypto.randomUUID()}`;
    const { campuses, buildings } = read(feature("a", "A"), feature("b", "B"));
    const tooLarge = buildings.map((one) =>
      one.id === "a" ? { ...one, outline: "x".repeat(2 ** 20) } : one,
    );
    const result = await importBuildings(firestore, org, { campuses, buildings: tooLarge, problems: [] });
    expect(result).toMatchObject({ added: 1, problems: [expect.stringMatching(/buildings\/a: .*size/)] });
  });
});
