/** What travels: the events, discriminated by `type`, and how they follow from a change of an issue. */
import { z } from "zod";
import { idSchema, textSchema, timeSchema, uidSchema } from "./base.ts";
import { heatCellSchema, statsSchema } from "./heat.ts";
import { type Issue, issueSchema } from "./issue.ts";
import { alertSchema } from "./places.ts";
import type { Room } from "./rooms.ts";

export const issueEventTypes = [
  "issue:created",
  "issue:updated",
  "issue:resolved",
  "issue:assigned",
  "issue:deleted",
  "issue:commented",
] as const;
export type IssueEventType = (typeof issueEventTypes)[number];
export const issueEventTypeSchema = z.enum(issueEventTypes);

/** Who made a change; `uid` is null for a write that was made past the API. */
export const actorSchema = z.strictObject({ uid: uidSchema.nullable(), name: z.string().optional() });
export type Actor = z.infer<typeof actorSchema>;

const issueEventDataSchema = z.strictObject({
  issue: issueSchema,
  /** The fields that are not what they were, without `version` and `updatedAt`. */
  changed: z.array(z.string()),
  actor: actorSchema,
  comment: textSchema(5_000).optional(),
});
export type IssueEventData = z.infer<typeof issueEventDataSchema>;

const envelope = {
  /** The position in the organization's log: opaque, grows; absent on state events. */
  id: z.string().optional(),
  organizationId: idSchema,
  campusId: idSchema.optional(),
  buildingId: idSchema.optional(),
  /** When the change was committed. */
  time: timeSchema,
  /** Of the issue or cell, where there is one. */
  version: z.int().min(1).optional(),
};

const issueEvent = <T extends IssueEventType>(type: T) =>
  z.strictObject({
    ...envelope,
    type: z.literal(type),
    campusId: idSchema,
    buildingId: idSchema,
    version: z.int().min(1),
    data: issueEventDataSchema,
  });

export const alertEventSchema = z.strictObject({
  ...envelope,
  type: z.literal("maintenance:alert"),
  campusId: idSchema,
  data: z.strictObject({ alert: alertSchema }),
});
export const heatmapEventSchema = z.strictObject({
  ...envelope,
  type: z.literal("heatmap:updated"),
  data: z.strictObject({ cells: z.array(heatCellSchema) }),
});
export const statsEventSchema = z.strictObject({
  ...envelope,
  type: z.literal("stats:updated"),
  /** `scope` is the room whose stats these are. */
  data: z.strictObject({ scope: z.string(), stats: statsSchema }),
});

/** An event that is kept in the log and replayed. */
export const logEventSchema = z.discriminatedUnion("type", [
  issueEvent("issue:created"),
  issueEvent("issue:updated"),
  issueEvent("issue:resolved"),
  issueEvent("issue:assigned"),
  issueEvent("issue:deleted"),
  issueEvent("issue:commented"),
  alertEventSchema,
]);
export type LogEvent = z.infer<typeof logEventSchema>;
export type IssueEvent = Extract<LogEvent, { type: IssueEventType }>;
export type AlertEvent = z.infer<typeof alertEventSchema>;
export type HeatmapEvent = z.infer<typeof heatmapEventSchema>;
export type StatsEvent = z.infer<typeof statsEventSchema>;
/** State: the newest value replaces older ones, nothing is replayed. */
export type StateEvent = HeatmapEvent | StatsEvent;
export const eventSchema = z.discriminatedUnion("type", [
  ...logEventSchema.options,
  heatmapEventSchema,
  statsEventSchema,
]);
export type FaultlineEvent = z.infer<typeof eventSchema>;
export type EventType = FaultlineEvent["type"];
export const eventTypes = eventSchema.options.map(
  (option) => option.shape.type.value,
) as readonly EventType[];

/** The rooms that an event of the log goes to: that of its building, or where it names none, of `buildingIds`. */
export function roomsOf(event: LogEvent, buildingIds: readonly string[] = []): readonly Room[] {
  const buildings = event.buildingId === undefined ? buildingIds : [event.buildingId];
  return [
    { kind: "org", id: event.organizationId },
    { kind: "campus", id: event.campusId },
    ...buildings.map((id): Room => ({ kind: "building", id })),
  ];
}

const bookkeeping: ReadonlySet<string> = new Set(["version", "updatedAt"]);

/** The names of the fields that differ, without those that every write changes. */
export function changedFields(before: Issue | null, after: Issue | null): readonly (keyof Issue)[] {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})] as (keyof Issue)[]);
  return [...names].filter(
    (name) => !bookkeeping.has(name) && !isSame(before?.[name] ?? null, after?.[name] ?? null),
  );
}

function isSame(a: unknown, b: unknown): boolean {
  const isStructured = typeof a === "object" && typeof b === "object";
  return a === b || (isStructured && canonical(a) === canonical(b));
}

/** JSON with sorted keys: Firestore does not keep the order of a map's keys. */
function canonical(value: unknown): string {
  const sorted = (_key: string, part: unknown) =>
    part && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort())
      : part;
  return JSON.stringify(value, sorted);
}

/** Fields whose change is told by an event of its own. */
const toldByAssigned: ReadonlySet<string> = new Set(["assigneeId"]);
const toldByResolved: ReadonlySet<string> = new Set(["status", "resolvedAt"]);

/** The events that one write gives, in order; always at least one. */
export function eventTypesOf(
  before: Issue | null,
  after: Issue | null,
  comment: string | undefined,
): readonly IssueEventType[] {
  if (!after) return ["issue:deleted"];
  if (!before) return ["issue:created"];
  const changed = changedFields(before, after);
  const assigned = changed.includes("assigneeId");
  const resolved = changed.includes("status") && after.status === "resolved";
  const rest = changed.filter(
    (name) => !(assigned && toldByAssigned.has(name)) && !(resolved && toldByResolved.has(name)),
  );
  const types: IssueEventType[] = [];
  if (rest.length > 0) types.push("issue:updated");
  if (assigned) types.push("issue:assigned");
  if (resolved) types.push("issue:resolved");
  if (types.length === 0) types.push(comment === undefined ? "issue:updated" : "issue:commented");
  return types;
}
