/** The one place that knows Firestore. */
import type { Firestore } from "firebase-admin/firestore";
import { createAlertStore } from "./alerts.ts";
import { withStoreErrors } from "./failure.ts";
import { createHeatStore } from "./heat.ts";
import { createHistoryStore } from "./history.ts";
import { createIssueStore } from "./issues.ts";
import { createMemberStore } from "./members.ts";
import { createOutboxStore } from "./outbox.ts";
import { createPlaceStore } from "./places.ts";
import type { Store } from "./store.ts";

export type * from "./store.ts";

export function createStore(firestore: Firestore): Store {
  return {
    issues: withStoreErrors(createIssueStore(firestore)),
    history: withStoreErrors(createHistoryStore(firestore)),
    outbox: withStoreErrors(createOutboxStore(firestore)),
    heat: withStoreErrors(createHeatStore(firestore)),
    places: withStoreErrors(createPlaceStore(firestore)),
    members: withStoreErrors(createMemberStore(firestore)),
    alerts: withStoreErrors(createAlertStore(firestore)),
  };
}
