/** All rules: permission, workflow, versions, idempotency. Knows neither Express nor Firestore. */
import type { Accounts } from "../accounts/accounts.ts";
import type { Publisher } from "../publisher/index.ts";
import type { Store } from "../store/index.ts";
import { type AlertService, createAlertService } from "./alerts.ts";
import { createAnnounce } from "./announce.ts";
import { type BuildingService, createBuildingService } from "./buildings.ts";
import { type CampusService, createCampusService } from "./campuses.ts";
import { createHeatService, type HeatService } from "./heat.ts";
import { createIssueService, type IssueService } from "./issues.ts";
import { createMemberService, type MemberService } from "./members.ts";

export { idempotencyKeySchema } from "./idempotency.ts";
export type { Versions } from "./revision.ts";

export interface Service {
  readonly issues: IssueService;
  readonly campuses: CampusService;
  readonly buildings: BuildingService;
  readonly members: MemberService;
  readonly alerts: AlertService;
  readonly heat: HeatService;
}

export interface ServiceDeps {
  readonly store: Store;
  readonly publisher: Pick<Publisher, "publishChange" | "memberChange" | "publishMemberChange">;
  readonly accounts: Accounts;
  /** The longest that a request waits for its change to be published. */
  readonly publishTimeoutMs: number;
  /** Default: the clock. */
  readonly now?: () => Date;
  /** Default: 32 random hex digits. */
  readonly newId?: () => string;
}

export function createService(deps: ServiceDeps): Service {
  const { store, publisher, accounts, publishTimeoutMs } = deps;
  const { now = () => new Date(), newId = randomId } = deps;
  const announce = createAnnounce(publisher, publishTimeoutMs);
  return {
    issues: createIssueService({ store, announce, now, newId }),
    campuses: createCampusService(store),
    buildings: createBuildingService(store),
    members: createMemberService({ store, accounts, publisher, publishTimeoutMs, now }),
    alerts: createAlertService({ store, now, newId }),
    heat: createHeatService({ store, now }),
  };
}

function randomId(): string {
  return crypto.randomUUID().replaceAll("-", "");
}
