/** Publishes changes: appends them to the organization's log, each once and in order, and pushes them to the relays. */
import {
  type Activity,
  type Alert,
  type AlertEvent,
  eventsOf,
  type HeatCell,
  type MemberChange,
  redisKeys,
} from "@faultline/contract";
import type { Redis } from "ioredis";
import {
  type AppendRequest,
  append,
  defineAppend,
  latestField,
  pushedMark,
  type Retention,
} from "./append.ts";
import { pushMemberChange, readMemberChange } from "./members.ts";
import { ready } from "./redis.ts";

export interface Change {
  readonly organizationId: string;
  readonly activity: Activity;
  /** The cells that the write left, or newer ones. */
  readonly cells: readonly HeatCell[];
  /** Of the request that made it, where that is traced. */
  readonly traceparent?: string | undefined;
}

export interface AlertChange {
  readonly alert: Alert;
  /** Those of the campus, when it is the whole campus's. */
  readonly buildingIds: readonly string[];
  /** The id of the event that told of the write: a second delivery has the same. */
  readonly eventId: string;
  readonly time: string;
}

/** Where the publisher finds what it was not told of: MUST give the entries in ascending order. */
export interface ChangeHistory {
  between(
    organizationId: string,
    issueId: string,
    range: { readonly after: number; readonly before: number; readonly since: string },
  ): Promise<readonly Activity[]>;
}

/** Everything rejects while Redis is out of reach; calling again is safe. */
export interface Publisher {
  /** Resolves when the change, and every version before it that the log can lack, was appended and pushed. */
  publishChange(change: Change): Promise<void>;
  /** Resolves when the alert was appended and pushed, or the log has a later change of it. */
  publishAlert(change: AlertChange): Promise<void>;
  /** Resolves when every relay that is there was told, and those that come will find it. */
  publishMemberChange(change: MemberChange): Promise<void>;
  /** The newest change of the member, if there was one while tokens from before it can live. */
  memberChange(uid: string): Promise<MemberChange | undefined>;
  /** Whether nothing is left to do for this version of an issue. */
  isPublished(organizationId: string, issueId: string, version: number): Promise<boolean>;
  close(): void;
}

export interface PublisherOptions {
  readonly redis: Redis;
  readonly history: ChangeHistory;
  readonly retention: Retention;
  /** How long to wait for a connection. */
  readonly connectTimeoutMs: number;
  /** Default: the clock. */
  readonly now?: () => Date;
}

export function createPublisher(options: PublisherOptions): Publisher {
  const { redis, retention, connectTimeoutMs } = options;
  defineAppend(redis);
  return {
    async publishChange(change) {
      await ready(redis, connectTimeoutMs);
      const latest = await append(redis, retention, requestOf(change, true));
      if (latest !== undefined) await fillGap(options, change, latest);
    },
    async publishAlert(change) {
      await ready(redis, connectTimeoutMs);
      await append(redis, retention, alertRequest(change));
    },
    async publishMemberChange(change) {
      await ready(redis, connectTimeoutMs);
      await pushMemberChange(redis, change);
    },
    async memberChange(uid) {
      await ready(redis, connectTimeoutMs);
      return readMemberChange(redis, uid);
    },
    async isPublished(organizationId, issueId, version) {
      await ready(redis, connectTimeoutMs);
      const key = redisKeys.published(organizationId, issueDocument(issueId));
      const [known, latest] = await redis.hmget(key, String(version), latestField);
      return known === pushedMark || (known === null && version <= Number(latest ?? 0));
    },
    close: () => redis.disconnect(),
  };
}

/**
 * The publisher of an earlier version was slower or is gone, or the log was lost. What the history still has of the
 * time that the log covers goes first; another publisher may be doing the same, since appending is idempotent.
 */
async function fillGap(options: PublisherOptions, change: Change, after: number): Promise<void> {
  const { redis, history, retention, now = () => new Date() } = options;
  const { organizationId, activity } = change;
  const since = new Date(now().getTime() - retention.seconds * 1_000).toISOString();
  const range = { after, before: activity.version, since };
  const missing = await history.between(organizationId, activity.issue.id, range);
  // The cells on the last entry are newer than any that could be told with these.
  for (const entry of missing)
    await append(redis, retention, requestOf({ organizationId, activity: entry, cells: [] }, false));
  await append(redis, retention, requestOf(change, false));
}

const issueDocument = (issueId: string) => `issue:${issueId}`;

function requestOf(
  { organizationId, activity, cells, traceparent }: Change,
  isContiguous: boolean,
): AppendRequest {
  return {
    organizationId,
    document: issueDocument(activity.issue.id),
    field: String(activity.version),
    version: activity.version,
    isContiguous,
    entries: eventsOf(activity).map((event) => ({
      event,
      cells,
      ...(traceparent !== undefined && { traceparent }),
    })),
  };
}

function alertRequest({ alert, buildingIds, eventId, time }: AlertChange): AppendRequest {
  const { organizationId, campusId, buildingId } = alert;
  const event: AlertEvent = {
    type: "maintenance:alert",
    organizationId,
    campusId,
    ...(buildingId === null ? {} : { buildingId }),
    time,
    data: { alert },
  };
  return {
    organizationId,
    document: `alert:${alert.id}`,
    field: eventId,
    // Triggers come in any order: one from when the alert stood must not bring it back after its end.
    version: Date.parse(time),
    isContiguous: false,
    entries: [{ event, cells: [], ...(buildingIds.length > 0 && { buildingIds }) }],
  };
}
