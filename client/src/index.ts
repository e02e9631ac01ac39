/** The client library; the hooks for React are in `@faultline/client/react`. */
export type {
  Activity,
  Alert,
  Building,
  Campus,
  Category,
  ErrorCode,
  ErrorReason,
  EventType,
  FaultlineEvent,
  HeatCell,
  Issue,
  Member,
  MoveName,
  Principal,
  PutMember,
  Severity,
  Stats,
  Status,
  UpdateBuilding,
  UpdateCampus,
  UpdateIssue,
} from "@faultline/contract";
export {
  type Api,
  type Condition,
  createApi,
  type IssueFilter,
  type NewAlert,
  type NewIssue,
  type Page,
  type Paging,
} from "./api/api.ts";
export type { Cancel, Clock } from "./base/clock.ts";
export type { Channel, Environment, Locks, Tabs, WriteStorage } from "./base/environment.ts";
export { Refusal, Unreachable } from "./base/refusal.ts";
export type { Store } from "./base/store.ts";
export type { GetToken } from "./base/token.ts";
export type { Phase, Transport } from "./connection/connection.ts";
export type { Cause } from "./connection/failure.ts";
export type { ConnectionState } from "./connection/link.ts";
export { createFaultline, type EventOf, type Faultline, type FaultlineOptions } from "./faultline.ts";
export type { WatchedIssue } from "./issues/cache.ts";
export type { IssueSnapshot } from "./issues/issue.ts";
export type { IssuesFilter, IssuesSnapshot, WatchedIssues } from "./issues/issues.ts";
export type { PendingWrite, WriteKind } from "./issues/queue.ts";
export type { IssueWrites } from "./issues/writes.ts";
export type { Subscription } from "./live/events.ts";
export type { HeatmapSnapshot, StatsSnapshot } from "./live/heat.ts";
export type { PlaceFilter } from "./live/rooms.ts";
export type { Watched, WatchSnapshot, WatchStatus } from "./live/watch.ts";
