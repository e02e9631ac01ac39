/** Campuses and buildings. */
import { type Building, type Campus, FaultlineError } from "@faultline/contract";
import type { DocumentReference, Firestore, Query, Transaction } from "firebase-admin/firestore";
import { encode } from "./document.ts";
import { read, readAll, refsOf } from "./refs.ts";
import type { BuildingStore, CampusStore, PlaceStore } from "./store.ts";

export function createPlaceStore(firestore: Firestore): PlaceStore {
  return { ...createCampusStore(firestore), ...createBuildingStore(firestore) };
}

function createCampusStore(firestore: Firestore): CampusStore {
  const refs = (organizationId: string) => refsOf(firestore, organizationId);
  const run = <T>(body: (transaction: Transaction) => Promise<T>) => firestore.runTransaction(body);
  return {
    async campus(organizationId, id) {
      return read.campus(await refs(organizationId).campuses.doc(id).get());
    },
    async campuses(organizationId) {
      return readAll((await refs(organizationId).campuses.get()).docs, read.campus);
    },
    createCampus: (organizationId, campus) =>
      run((transaction) => createOnce(transaction, refs(organizationId).campuses.doc(campus.id), campus)),
    updateCampus(organizationId, id, change) {
      const ref = refs(organizationId).campuses.doc(id);
      return run(async (transaction) => {
        const campus = read.campus(await transaction.get(ref));
        return campus && replace(transaction, ref, { ...campus, ...change } as Campus);
      });
    },
    deleteCampus(organizationId, id) {
      const { campuses, buildings } = refs(organizationId);
      const inUse = new FaultlineError("campus-in-use", "The campus has buildings; delete them first.");
      return run((transaction) =>
        deleteUnused(transaction, campuses.doc(id), buildings.where("campusId", "==", id), inUse),
      );
    },
  };
}

function createBuildingStore(firestore: Firestore): BuildingStore {
  const refs = (organizationId: string) => refsOf(firestore, organizationId);
  const run = <T>(body: (transaction: Transaction) => Promise<T>) => firestore.runTransaction(body);
  return {
    async building(organizationId, id) {
      return read.building(await refs(organizationId).buildings.doc(id).get());
    },
    async buildings(organizationId, campusId) {
      const { buildings } = refs(organizationId);
      const query = campusId === undefined ? buildings : buildings.where("campusId", "==", campusId);
      return readAll((await query.get()).docs, read.building);
    },
    createBuilding: (organizationId, building) =>
      run(async (transaction) => {
        const { campuses, buildings } = refs(organizationId);
        const campus = await transaction.get(campuses.doc(building.campusId));
        if (!campus.exists) throw unknownCampus(building.campusId);
        await createOnce(transaction, buildings.doc(building.id), building);
      }),
    updateBuilding(organizationId, id, change) {
      const ref = refs(organizationId).buildings.doc(id);
      return run(async (transaction) => {
        const building = read.building(await transaction.get(ref));
        return building && replace(transaction, ref, { ...building, ...change } as Building);
      });
    },
    deleteBuilding(organizationId, id) {
      const { buildings, issues, heat } = refs(organizationId);
      const inUse = new FaultlineError("building-in-use", "The building has issues; it stays for them.");
      return run(async (transaction) => {
        const users = issues.where("buildingId", "==", id);
        const isDeleted = await deleteUnused(transaction, buildings.doc(id), users, inUse);
        if (isDeleted) transaction.delete(heat.doc(id));
        return isDeleted;
      });
    },
  };
}

async function createOnce(transaction: Transaction, ref: DocumentReference, value: { readonly id: string }) {
  const existing = await transaction.get(ref);
  if (existing.exists)
    throw new FaultlineError("id-taken", `id: ${value.id} exists already.`, { field: "id" });
  transaction.create(ref, encode(value));
}

function replace<T extends object>(transaction: Transaction, ref: DocumentReference, value: T): T {
  transaction.set(ref, encode(value));
  return value;
}

/** Whether there was one to delete; throws `inUse` when a document of `users` refers to it. */
async function deleteUnused(
  transaction: Transaction,
  ref: DocumentReference,
  users: Query,
  inUse: FaultlineError,
): Promise<boolean> {
  const [existing, { empty }] = await Promise.all([transaction.get(ref), transaction.get(users.limit(1))]);
  if (!existing.exists) return false;
  if (!empty) throw inUse;
  transaction.delete(ref);
  return true;
}

function unknownCampus(id: string): FaultlineError {
  return new FaultlineError("campus-unknown", `campusId: there is no campus ${id}; create it first.`, {
    field: "campusId",
  });
}
