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
import type { Auth } from "firebase-admin/auth";
import { getFirestore } from "firebase-admin/firestore";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EmbeddedFirestore, startFirestore } from "../firestore/index.ts";
import { demoOrganizations, demoUsers } from "./organizations.ts";
import { createLogins, seedDemo } from "./seed.ts";

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

  it("gives every member a login with the claims that its document says now", async () => {
    const lines: string[] = [];
    const logins = new Map<string, { email: string; claims: object }>();
    const auth = {
      async createUser({ uid, email }: { uid: string; email: string }) {
        if (uid === "imported-second") throw new Error("taken");
        logins.set(uid, { email, claims: {} });
      },
      setCustomUserClaims: async (uid: string, claims: object) =>
        Object.assign(logins.get(uid) ?? {}, { claims }),
    } as unknown as Auth;
    await createLogins({ auth, firestore }, (line) => lines.push(line));
    for (const { uid, email, claims } of demoUsers) expect(logins.get(uid)).toEqual({ email, claims });
    logins.clear();
    await firestore.doc(`${paths.members("riverside")}/riverside-viewer`).update({ role: "manager" });
    await firestore.doc(`${paths.members("riverside")}/riverside-reporter`).delete();
    for (const uid of ["imported-second", "imported-admin"])
      await firestore.doc(`${paths.members("imported")}/${uid}`).set({ uid, name: null, role: "admin" });
    await createLogins({ auth, firestore }, (line) => lines.push(line));
    expect(logins.get("riverside-viewer")?.claims).toEqual({ organizationId: "riverside", role: "manager" });
    expect(logins.has("riverside-reporter")).toBe(false);
    expect(logins.get("imported-admin")?.email).toBe("admin@imported.test");
    expect(lines).toEqual(["No login for imported-second: taken"]);
  });
});
