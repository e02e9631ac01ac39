import { paths, toDocument } from "@faultline/contract";
import { Timestamp } from "firebase-admin/firestore";
import { expect, it } from "vitest";
import { cellOf } from "../../test/fixtures.ts";
import { newOrganization, silent, useFirestore } from "../../test/services.ts";
import { readCells } from "./heat.ts";

const firestore = useFirestore();

it("cells are read as the contract has them; one that can't be understood is left out", async () => {
  const organizationId = newOrganization();
  const heat = firestore.collection(paths.heat(organizationId));
  const [library, pier] = [cellOf("library", 2, 3), cellOf("pier", 1, 1)];
  const { buildingId, ...unnamed } = library;
  await heat.doc(buildingId).set({ ...toDocument(unnamed, Timestamp.fromDate), addedLater: true });
  await heat.doc("pier").set(toDocument(pier, Timestamp.fromDate));
  await heat.doc("museum").set({ campusId: "north", version: 0 });
  const cells = await readCells(firestore, silent, organizationId);
  expect(cells).toHaveLength(2);
  expect(cells).toEqual(expect.arrayContaining([library, pier]));
});
