import { z } from "zod";
import { textSchema, timeSchema } from "./base.ts";
import { actorSchema, changedFields, eventTypesOf, type IssueEvent, issueEventTypeSchema } from "./events.ts";
import { type Issue, issueSchema } from "./issue.ts";

/**
 * One write of an issue: an entry of its append-only history. It is written in the issue's own transaction and holds
 * all that the events need, so it is also the outbox that every publisher reads: whoever publishes a version, and
 * however often, publishes the same.
 */
export const activitySchema = z.strictObject({
  version: z.int().min(1),
  time: timeSchema,
  actor: actorSchema,
  events: z.array(issueEventTypeSchema).min(1),
  changed: z.array(z.string()),
  comment: textSchema(5_000).optional(),
  /** The issue as this write left it; as it last was, for a deletion. */
  issue: issueSchema,
});
export type Activity = z.infer<typeof activitySchema>;

/** The entry for the write that made `before` into `after` (null: did not or does not exist). */
export function activityOf(change: {
  readonly before: Issue | null;
  readonly after: Issue | null;
  readonly actor: Activity["actor"];
  readonly time: string;
  readonly comment?: string;
}): Activity {
  const { before, after, actor, time, comment } = change;
  const issue = after ?? (before && { ...before, version: before.version + 1, updatedAt: time });
  if (!issue) throw new TypeError("a change has a before or an after");
  return {
    version: issue.version,
    time,
    actor,
    events: [...eventTypesOf(before, after, comment)],
    changed: after && before ? [...changedFields(before, after)] : [],
    ...(comment === undefined ? {} : { comment }),
    issue,
  };
}

/** The events that an entry stands for, in order. */
export function eventsOf(activity: Activity): readonly IssueEvent[] {
  const { version, time, actor, changed, comment, issue } = activity;
  return activity.events.map((type) => ({
    type,
    organizationId: issue.organizationId,
    campusId: issue.campusId,
    buildingId: issue.buildingId,
    time,
    version,
    data: { issue, changed, actor, ...(comment === undefined ? {} : { comment }) },
  }));
}
