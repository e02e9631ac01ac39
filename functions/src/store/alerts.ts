/** Maintenance alerts. Their own trigger publishes them. */
import { FieldPath, type Firestore } from "firebase-admin/firestore";
import { listKey } from "./cursor.ts";
import { encode } from "./document.ts";
import { readPage } from "./page.ts";
import { read, refsOf } from "./refs.ts";
import { within } from "./scope.ts";
import type { AlertStore } from "./store.ts";

export function createAlertStore(firestore: Firestore): AlertStore {
  const alerts = (organizationId: string) => refsOf(firestore, organizationId).alerts;
  return {
    async get(organizationId, id) {
      return read.alert(await alerts(organizationId).doc(id).get());
    },
    list(organizationId, { limit, cursor }, scope) {
      const query = within(alerts(organizationId), scope)
        .orderBy("createdAt", "desc")
        .orderBy(FieldPath.documentId(), "desc");
      const key = listKey(alerts(organizationId).path, scope);
      return readPage({ query, key, sortField: "createdAt", limit, cursor, read: read.alert });
    },
    async create(alert) {
      await alerts(alert.organizationId).doc(alert.id).create(encode(alert));
    },
    async delete(organizationId, id) {
      await alerts(organizationId).doc(id).delete();
    },
  };
}
