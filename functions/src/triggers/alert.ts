/** Every write of an alert's document. Alerts have no fast path: this is what publishes them. */
import { type Alert, alertSchema, fromDocument } from "@faultline/contract";
import { log } from "../log.ts";
import type { Publisher } from "../publisher/index.ts";
import type { Store } from "../store/index.ts";

type Fields = Readonly<Record<string, unknown>>;

export interface AlertWritten {
  readonly organizationId: string;
  readonly alertId: string;
  readonly before: Fields | undefined;
  readonly after: Fields | undefined;
  /** Of the event; the same at every delivery. */
  readonly eventId: string;
  readonly time: string;
}

export interface AlertTriggerDeps {
  readonly store: Pick<Store, "places">;
  readonly publisher: Pick<Publisher, "publishAlert">;
}

/** Resolves when the alert was published or can't be; rejects, to be called again, while Redis or Firestore is out. */
export type AlertTrigger = (written: AlertWritten) => Promise<void>;

export function createAlertTrigger({ store, publisher }: AlertTriggerDeps): AlertTrigger {
  return async (written) => {
    const { organizationId, alertId, eventId, time } = written;
    const result = alertSchema.safeParse(alertOf(written));
    if (result.success) {
      const buildingIds = await buildingsOf(store, result.data);
      await publisher.publishAlert({ alert: result.data, buildingIds, eventId, time });
      return;
    }
    const [problem] = result.error.issues;
    log("ERROR", "document malformed", {
      organizationId,
      alertId,
      field: problem?.path.join("."),
      problem: problem?.message,
    });
  };
}

/** The buildings that are concerned without being named. */
async function buildingsOf({ places }: Pick<Store, "places">, alert: Alert): Promise<readonly string[]> {
  if (alert.buildingId !== null) return [];
  return (await places.buildings(alert.organizationId, alert.campusId)).map(({ id }) => id);
}

/** The alert as it now is, with what a writer past the API left out; one that was deleted is cancelled. */
function alertOf({ organizationId, alertId, before, after, time }: AlertWritten): Partial<Alert> {
  const fields = fromDocument(after ?? before ?? {});
  const known = Object.entries(fields).filter(([name]) => name in alertSchema.shape);
  return {
    buildingId: null,
    startsAt: time,
    endsAt: null,
    createdAt: time,
    createdBy: null,
    cancelledAt: null,
    ...Object.fromEntries(known),
    id: alertId,
    organizationId,
    ...(after ? {} : { cancelledAt: time }),
  };
}
