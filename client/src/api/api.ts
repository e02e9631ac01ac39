/** Every operation of the API, typed. */
import type {
  Activity,
  Alert,
  Building,
  Campus,
  Category,
  HeatCell,
  Issue,
  Member,
  MoveName,
  NewAlert,
  NewIssue,
  PutMember,
  Severity,
  Sort,
  Stats,
  Status,
  UpdateBuilding,
  UpdateCampus,
  UpdateIssue,
} from "@faultline/contract";
import { createRequest, type RequestOptions } from "./request.ts";

export type { NewAlert, NewIssue };

/** Of each field one value, or several of which one must be met. */
export interface IssueFilter {
  readonly campusId?: string | undefined;
  readonly buildingId?: string | undefined;
  readonly status?: Status | readonly Status[] | undefined;
  readonly severity?: Severity | readonly Severity[] | undefined;
  readonly category?: Category | readonly Category[] | undefined;
  readonly assigneeId?: string | undefined;
  /** A field, with a minus for the newest first. Default "-createdAt". */
  readonly sort?: Sort | undefined;
}

export interface Paging {
  /** Items per page, 1 to 200. Default 50. */
  readonly limit?: number | undefined;
  /** Of the page before. */
  readonly cursor?: string | undefined;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Absent on the last page. */
  readonly nextCursor?: string;
}

export interface Condition {
  /** Refuse with `version-stale` unless the issue is at this version. */
  readonly ifVersion?: number | undefined;
}

interface Options {
  readonly signal?: AbortSignal | undefined;
}

export type Api = ReturnType<typeof createApi>;

/**
 * The API alone: no connection, no cache. Each call rejects with a `Refusal`, or with `Unreachable` when nobody answered.
 *
 * @example
 * ```ts
 * const api = createApi({ api: "https://faultline.example/api", getToken });
 * const { items } = await api.issues.list({ status: ["open", "on_hold"], severity: "critical" });
 * ```
 */
export function createApi(
  options: Pick<RequestOptions, "api" | "getToken"> & Partial<Pick<RequestOptions, "fetch">>,
) {
  const { fetch = (url: string, init: RequestInit) => globalThis.fetch(url, init) } = options;
  const request = createRequest({ ...options, fetch });
  const get = <T>(path: string, query?: object, { signal }: Options = {}) =>
    request<T>("GET", path, { query: { ...query }, signal });
  const post = <T>(path: string, body: object, headers: Record<string, string> = {}) =>
    request<T>("POST", path, { body, headers });
  const patch = <T>(path: string, body: object, headers: Record<string, string> = {}) =>
    request<T>("PATCH", path, { body, headers });
  const remove = (path: string, headers: Record<string, string> = {}) =>
    request<void>("DELETE", path, { headers });

  return {
    issues: {
      list: (query: IssueFilter & Paging = {}, options?: Options) =>
        get<Page<Issue>>("/issues", query, options),
      get: (id: string, options?: Options) => get<Issue>(at("issues", id), {}, options),
      /** The same key gives the same issue, however often it is sent. */
      create: (issue: NewIssue, options: { readonly key?: string } = {}) =>
        post<Issue>("/issues", issue, options.key === undefined ? {} : { "Idempotency-Key": options.key }),
      update: (id: string, change: UpdateIssue, condition?: Condition) =>
        patch<Issue>(at("issues", id), change, headersOf(condition)),
      /** Null unassigns. */
      assign: (id: string, assigneeId: string | null, condition?: Condition) =>
        post<Issue>(`${at("issues", id)}/assign`, { assigneeId }, headersOf(condition)),
      /** A move of the workflow: start, hold, resolve, close or reopen. */
      move: (id: string, move: MoveName, comment?: string, condition?: Condition) =>
        post<Issue>(`${at("issues", id)}/${move}`, commentOf(move, comment), headersOf(condition)),
      /** Resolves a duplicate in favour of another issue. */
      merge: (id: string, into: string, condition?: Condition) =>
        post<Issue>(`${at("issues", id)}/merge`, { into }, headersOf(condition)),
      comment: (id: string, text: string) => post<Issue>(`${at("issues", id)}/comments`, { text }),
      remove: (id: string, condition?: Condition) => remove(at("issues", id), headersOf(condition)),
      /** Its history, newest first; it outlives the issue. */
      activity: (id: string, page?: Paging) => get<Page<Activity>>(`${at("issues", id)}/activity`, page),
    },
    heatmap: {
      get: (filter: { readonly campusId?: string | undefined } = {}, options?: Options) =>
        get<{ readonly cells: readonly HeatCell[] }>("/heatmap", filter, options),
      /** Counts every building's issues afresh. */
      rebuild: () => post<{ readonly cells: readonly HeatCell[] }>("/heatmap/rebuild", {}),
    },
    stats: {
      get: (
        filter: { readonly campusId?: string | undefined; readonly buildingId?: string | undefined } = {},
        options?: Options,
      ) => get<{ readonly scope: string; readonly stats: Stats }>("/stats", filter, options),
    },
    campuses: {
      list: () => get<{ readonly items: readonly Campus[] }>("/campuses"),
      create: (campus: Campus) => post<Campus>("/campuses", campus),
      update: (id: string, change: UpdateCampus) => patch<Campus>(at("campuses", id), change),
      remove: (id: string) => remove(at("campuses", id)),
    },
    buildings: {
      list: (filter: { readonly campusId?: string | undefined } = {}) =>
        get<{ readonly items: readonly Building[] }>("/buildings", filter),
      create: (building: Building) => post<Building>("/buildings", building),
      update: (id: string, change: UpdateBuilding) => patch<Building>(at("buildings", id), change),
      remove: (id: string) => remove(at("buildings", id)),
    },
    members: {
      list: () => get<{ readonly items: readonly Member[] }>("/members"),
      put: (uid: string, member: PutMember) => request<Member>("PUT", at("members", uid), { body: member }),
      remove: (uid: string) => remove(at("members", uid)),
    },
    alerts: {
      list: (page?: Paging) => get<Page<Alert>>("/alerts", page),
      get: (id: string) => get<Alert>(at("alerts", id)),
      create: (alert: NewAlert) => post<Alert>("/alerts", alert),
      cancel: (id: string) => remove(at("alerts", id)),
    },
  };
}

const at = (collection: string, id: string) => `/${collection}/${encodeURIComponent(id)}`;

function headersOf({ ifVersion }: Condition = {}): Record<string, string> {
  return ifVersion === undefined ? {} : { "If-Match": `"${ifVersion}"` };
}

/** A resolution is the comment of its move. */
function commentOf(move: MoveName, comment: string | undefined): object {
  if (comment === undefined) return {};
  return move === "resolve" ? { resolution: comment } : { comment };
}
