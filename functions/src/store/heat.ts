/** The heat cells of an organization. */
import type { Firestore } from "firebase-admin/firestore";
import { correctedCell, readCount, writeCell } from "./cells.ts";
import { read, readAll, refsOf } from "./refs.ts";
import type { HeatStore } from "./store.ts";

export function createHeatStore(firestore: Firestore): HeatStore {
  return {
    async cell(organizationId, buildingId) {
      return read.cell(await refsOf(firestore, organizationId).heat.doc(buildingId).get());
    },
    async cells(organizationId, campusId) {
      const { heat } = refsOf(firestore, organizationId);
      const query = campusId === undefined ? heat : heat.where("campusId", "==", campusId);
      return readAll((await query.get()).docs, read.cell);
    },
    recount: (organizationId, buildingId, time) => {
      const refs = refsOf(firestore, organizationId);
      return firestore.runTransaction(async (transaction) => {
        const building = read.building(await transaction.get(refs.buildings.doc(buildingId)));
        if (!building) return undefined;
        const place = { buildingId, campusId: building.campusId };
        const count = await readCount(transaction, refs, place);
        const cell = correctedCell(count, time);
        if (cell) writeCell(transaction, refs, cell);
        return cell ?? count.current;
      });
    },
  };
}
