/** What the service asks of the database. Times are ISO strings here; nothing of Firestore shows. */
import type {
  Activity,
  Alert,
  Building,
  Campus,
  HeatCell,
  Issue,
  ListIssues,
  Member,
  UpdateBuilding,
  UpdateCampus,
} from "@faultline/contract";

/** One write of an issue: what it was and becomes (null: did not or does not exist) and the entry that tells of it. */
export interface IssueWrite {
  readonly before: Issue | null;
  readonly after: Issue | null;
  /** Null: `after` is `before`, and nothing is written. */
  readonly activity: Activity | null;
}

/** A write that does write. */
export interface EffectiveWrite extends IssueWrite {
  readonly activity: Activity;
}

export interface IssueCreated extends EffectiveWrite {
  readonly before: null;
  readonly after: Issue;
}

/** What a committed write left, which is all that publishing it takes. */
export interface Commit {
  readonly activity: Activity;
  /** The heat cells that the write changed. */
  readonly cells: readonly HeatCell[];
}

export interface PageQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next page begins; absent after the last. */
  readonly nextCursor?: string;
}

/** The campuses and buildings that an answer is limited to: what is in either. */
export interface Scope {
  readonly campusIds?: readonly string[];
  readonly buildingIds?: readonly string[];
}

interface IssueAddress {
  readonly organizationId: string;
  readonly id: string;
}

export interface IssueCreation extends IssueAddress {
  readonly buildingId: string;
  /** MUST be pure: a contended transaction runs it again. What it throws aborts the transaction. */
  decide(building: Building | undefined): IssueCreated;
}

export interface IssueChange extends IssueAddress {
  /** The member that `decide` needs to know. */
  readonly memberUid?: string | null;
  /** MUST be pure: a contended transaction runs it again. What it throws aborts the transaction. */
  decide(issue: Issue | undefined, member: Member | undefined): IssueWrite;
}

export interface IssueMerge extends IssueAddress {
  readonly into: string;
  /**
   * MUST be pure: a contended transaction runs it again. What it throws aborts the transaction. What the target adds to the
   * counts MUST stay what it is.
   */
  decide(duplicate: Issue | undefined, target: Issue | undefined): MergeWrites;
}

/** What becomes of the two issues of a merge. */
export interface MergeWrites {
  readonly duplicate: IssueWrite;
  readonly target: IssueWrite;
}

export interface Changed {
  /** As it now is; as it last was, when it was deleted. */
  readonly issue: Issue;
  /** Undefined when nothing was written. */
  readonly commit: Commit | undefined;
}

/** An issue's document as it is, whoever wrote it, beside what its history says. */
export interface Unreconciled {
  /** The document's fields with times as strings, or null when there is none. */
  readonly document: Readonly<Record<string, unknown>> | null;
  /** When Firestore created the document. */
  readonly createdAt: string | undefined;
  readonly latest: Activity | undefined;
  /** The building that the document names. */
  readonly building: Building | undefined;
  /** Whether a cell concerned is not what its issues make it. */
  readonly isMiscounted: boolean;
}

export interface Reconciliation extends IssueAddress {
  /** Buildings to recount beside those that the document and its history name. */
  readonly buildingIds: readonly string[];
  readonly time: string;
  /** MUST be pure. Null: nothing to adopt; the cells are made right all the same. */
  decide(state: Unreconciled): EffectiveWrite | null;
}

export interface IssueStore {
  get(organizationId: string, id: string): Promise<Issue | undefined>;
  /** `cursor-invalid` for another list's cursor, `query-invalid` for more alternatives than a query can have. */
  list(organizationId: string, query: ListIssues, scope?: Scope): Promise<Page<Issue>>;
  /** The issue, its first activity entry and its cell in one transaction; undefined when the id was used before. */
  create(creation: IssueCreation): Promise<Commit | undefined>;
  /** The issue, an activity entry and, where the counts change, its cell in one transaction. */
  change(change: IssueChange): Promise<Changed>;
  /** The same for two issues, in one transaction. */
  merge(merge: IssueMerge): Promise<{ readonly [K in keyof MergeWrites]: Changed }>;
  /**
   * Brings a document that was written past the API into line with its history, and recounts its buildings. Gives what
   * is now the newest entry of the history, new or not.
   */
  reconcile(reconciliation: Reconciliation): Promise<Commit | undefined>;
}

export interface HistoryStore {
  entry(organizationId: string, issueId: string, version: number): Promise<Activity | undefined>;
  /** Newest first. */
  list(organizationId: string, issueId: string, page: PageQuery): Promise<Page<Activity>>;
  /** The entries after version `after` and before `before` that are not older than `since`, oldest first. */
  between(
    organizationId: string,
    issueId: string,
    range: { readonly after: number; readonly before: number; readonly since: string },
  ): Promise<readonly Activity[]>;
}

/** Where an entry stands among those of all organizations. */
export interface CommittedPlace {
  readonly time: string;
  readonly path: string;
}

export interface OutboxStore {
  /**
   * Up to `limit` entries of all organizations whose time is `from` or later and earlier than `before`, oldest first,
   * beginning after `after`. `last` is undefined when there are no more.
   */
  committed(range: {
    readonly from: string;
    readonly before: string;
    readonly after?: CommittedPlace | undefined;
    readonly limit: number;
  }): Promise<{ readonly items: readonly Activity[]; readonly last: CommittedPlace | undefined }>;
  /** The time before which every entry was seen to be published; undefined before the first sweep. */
  swept(): Promise<string | undefined>;
  setSwept(time: string): Promise<void>;
}

export interface HeatStore {
  cell(organizationId: string, buildingId: string): Promise<HeatCell | undefined>;
  cells(organizationId: string, campusId?: string): Promise<readonly HeatCell[]>;
  /** Makes a building's cell what its issues make it; undefined when nothing was ever counted. */
  recount(organizationId: string, buildingId: string, time: string): Promise<HeatCell | undefined>;
}

export interface CampusStore {
  campus(organizationId: string, id: string): Promise<Campus | undefined>;
  campuses(organizationId: string): Promise<readonly Campus[]>;
  createCampus(organizationId: string, campus: Campus): Promise<void>;
  updateCampus(organizationId: string, id: string, change: UpdateCampus): Promise<Campus | undefined>;
  /** Throws `campus-in-use` while it has buildings; false when there is no such campus. */
  deleteCampus(organizationId: string, id: string): Promise<boolean>;
}

export interface BuildingStore {
  building(organizationId: string, id: string): Promise<Building | undefined>;
  buildings(organizationId: string, campusId?: string): Promise<readonly Building[]>;
  /** Throws `campus-unknown` or `id-taken`. */
  createBuilding(organizationId: string, building: Building): Promise<void>;
  updateBuilding(organizationId: string, id: string, change: UpdateBuilding): Promise<Building | undefined>;
  /** Throws `building-in-use` while it has issues; false when there is no such building. */
  deleteBuilding(organizationId: string, id: string): Promise<boolean>;
}

export interface PlaceStore extends CampusStore, BuildingStore {}

export interface MemberStore {
  get(organizationId: string, uid: string): Promise<Member | undefined>;
  list(organizationId: string): Promise<readonly Member[]>;
  /** Throws `last-admin` when the organization would be left without one. */
  put(organizationId: string, member: Member): Promise<void>;
  /** Throws `last-admin` likewise; nothing happens when there is no such member. */
  delete(organizationId: string, uid: string): Promise<void>;
}

export interface AlertStore {
  get(organizationId: string, id: string): Promise<Alert | undefined>;
  /** Newest first. */
  list(organizationId: string, page: PageQuery, scope?: Scope): Promise<Page<Alert>>;
  create(alert: Alert): Promise<void>;
  delete(organizationId: string, id: string): Promise<void>;
}

/** Everything rejects with a `FaultlineError`: `contended` and `unavailable` where trying again helps. */
export interface Store {
  readonly issues: IssueStore;
  readonly history: HistoryStore;
  readonly outbox: OutboxStore;
  readonly heat: HeatStore;
  readonly places: PlaceStore;
  readonly members: MemberStore;
  readonly alerts: AlertStore;
}
