/** Maintenance alerts. They have no fast path: the trigger publishes them. */
import { type Alert, assertCan, type CreateAlert, type Principal } from "@faultline/contract";
import type { Page, PageQuery, Store } from "../store/index.ts";
import { findBuilding, findCampus, refuse } from "./find.ts";
import { scopeOf } from "./scope.ts";

export interface AlertService {
  create(principal: Principal, request: CreateAlert): Promise<Alert>;
  get(principal: Principal, id: string): Promise<Alert>;
  /** Newest first. */
  list(principal: Principal, page: PageQuery): Promise<Page<Alert>>;
  /** Withdraws it: those who were told of it are told. */
  cancel(principal: Principal, id: string): Promise<void>;
}

export interface AlertDeps {
  readonly store: Store;
  readonly now: () => Date;
  readonly newId: () => string;
}

export function createAlertService({ store, now, newId }: AlertDeps): AlertService {
  const find = async (principal: Principal, id: string): Promise<Alert> =>
    (await store.alerts.get(principal.organizationId, id)) ?? refuse("alert", id, "id");
  return {
    async create(principal, request) {
      const place = await placeOf(store, principal, request);
      assertCan(principal, "alert", subjectOf(place));
      const alert = newAlert(principal, request, { ...place, id: newId(), time: now().toISOString() });
      await store.alerts.create(alert);
      return alert;
    },
    async get(principal, id) {
      const alert = await find(principal, id);
      assertCan(principal, "read", subjectOf(alert));
      return alert;
    },
    list(principal, page) {
      assertCan(principal, "read");
      return store.alerts.list(principal.organizationId, page, scopeOf(principal, {}));
    },
    async cancel(principal, id) {
      assertCan(principal, "alert", subjectOf(await find(principal, id)));
      await store.alerts.delete(principal.organizationId, id);
    },
  };
}

interface AlertPlace {
  readonly campusId: string;
  readonly buildingId: string | null;
}

/** The schema has seen to it that exactly one of the two is given. */
async function placeOf(store: Store, principal: Principal, request: CreateAlert): Promise<AlertPlace> {
  const { campusId, buildingId } = request;
  if (buildingId !== undefined) {
    const building = await findBuilding(store, principal, buildingId);
    return { campusId: building.campusId, buildingId };
  }
  const campus = await findCampus(store, principal, campusId ?? "");
  return { campusId: campus.id, buildingId: null };
}

function newAlert(
  { organizationId, uid }: Principal,
  { message, severity, startsAt, endsAt }: CreateAlert,
  { id, time, campusId, buildingId }: AlertPlace & { readonly id: string; readonly time: string },
): Alert {
  return {
    id,
    organizationId,
    campusId,
    buildingId,
    message,
    severity,
    startsAt: startsAt === undefined ? time : new Date(startsAt).toISOString(),
    endsAt: endsAt === undefined ? null : new Date(endsAt).toISOString(),
    createdAt: time,
    createdBy: uid,
    cancelledAt: null,
  };
}

function subjectOf({ campusId, buildingId }: AlertPlace) {
  return { campusId, ...(buildingId === null ? {} : { buildingId }) };
}
