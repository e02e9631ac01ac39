import {
  activitySchema,
  buildingSchema,
  campusSchema,
  countIssues,
  fromDocument,
  heatCellSchema,
  issueSchema,
  memberSchema,
  paths,
} from "@faultline/contract";
import { deleteApp, initializeApp } from "firebase-admin/app";
import { getFirestore } from "firebase-admin/firestore";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EmbeddedFirestore, startFirestore } from "../firestore/index.ts";
import { demoOrganizations } from "./organizations.ts";
import { seedDemo } from "./seed.ts";

describe("seedDemo", () => {
  let server: EmbeddedFirestore;
  const app = initializeApp({ projectId: "demo-seed" }, "seed-test");
  const firestore = getFirestore(app);

  beforeAll(async () => {
    server = await startFirestore({ projectId: "demo-seed" });
    firestore.settings({ host: server.address, ssl: false });
    await seedDemo(firestore);
  });
  afterAll(async () => {
    await deleteApp(app);
    await server.stop();
  });

  const read = async (path: string) =>
    (await firestore.collection(path).get()).docs.map((doc) => fromDocument(doc.data()));

  it.each(demoOrganizations)(
    "writes valid documents of $id, and heat cells that equal a recount",
    async ({ id, issues: count }) => {
      const issues = (await read(paths.issues(id))).map((data) => issueSchema.parse(data));
      expect(issues).toHaveLength(count);
      for (const campus of await read(paths.campuses(id))) campusSchema.parse(campus);
      for (const building of await read(paths.buildings(id))) buildingSchema.parse(building);
      for (const member of await read(paths.members(id))) memberSchema.parse(member);
      for (const entry of await read(paths.activity(id, "demo-0001"))) activitySchema.parse(entry);
      const cells = (await read(paths.heat(id))).map((data) => heatCellSchema.parse(data));
      expect(cells.length).toBeGreaterThan(0);
      for (const { buildingId, campusId: _, updatedAt: __, version: ___, ...tally } of cells) {
        expect(tally).toEqual(countIssues(issues.filter((issue) => issue.buildingId === buildingId)));
      }
    },
  );

  it("leaves an organization alone that is there already", async () => {
    await firestore.doc("organizations/hillcrest").update({ name: "Renamed" });
    expect(await seedDemo(firestore)).toBe(0);
    expect((await firestore.doc("organizations/hillcrest").get()).get("name")).toBe("Renamed");
  });
});
