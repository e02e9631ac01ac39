/** The event that everything is measured with: the same bytes for the relay and its peers, about 635 of them. */
import {
  type Activity,
  type Alert,
  activityOf,
  eventsOf,
  type Issue,
  type IssueEvent,
} from "@faultline/contract";

export const organizationId = "riverside";

const time = "2026-11-23T07:00:00.000Z";
const description =
  "The tap in the kitchen on the second floor drips, day and night; a bucket stands below it.";

/** What the load generator finds in an event: its number, and when it was due by `process.hrtime`. */
export function markOf(number: number, due: bigint): string {
  return `bench:${String(number).padStart(10, "0")}:${String(due).padStart(19, "0")}`;
}

/** Where it happens. */
export interface Place {
  readonly organizationId: string;
  readonly campusId: string;
  readonly buildingId: string;
}
export const library: Place = { organizationId, campusId: "north", buildingId: "library" };
export const pier: Place = { organizationId, campusId: "harbor", buildingId: "pier" };

/** The report of a new issue. Its id looks like none of the log's positions. */
export function activityWith(
  mark: string,
  { organizationId, campusId, buildingId }: Place = library,
): Activity {
  // Not spread: that would be a good part of what publishing costs.
  const issue: Issue = {
    organizationId,
    campusId,
    buildingId,
    id: `issue-${numberOf(mark)}`,
    title: mark,
    description,
    category: "plumbing",
    severity: "high",
    status: "open",
    reporterId: "reporter",
    assigneeId: null,
    dueAt: time,
    createdAt: time,
    updatedAt: time,
    resolvedAt: null,
    version: 1,
  };
  return activityOf({ before: null, after: issue, actor: { uid: "reporter", name: "Robin" }, time });
}

/** An alert for a whole campus, and when it was written. */
export function alertWith(
  mark: string,
  { organizationId, campusId }: Place,
): { readonly alert: Alert; readonly eventId: string; readonly time: string } {
  const alert: Alert = {
    organizationId,
    campusId,
    buildingId: null,
    id: `alert-${numberOf(mark)}`,
    message: mark,
    severity: "high",
    startsAt: time,
    endsAt: null,
    createdAt: time,
    createdBy: "reporter",
    cancelledAt: null,
  };
  return { alert, eventId: mark, time };
}

/** The event of that report, as a client of the relay gets it. */
export function eventWith(mark: string): IssueEvent {
  const [event] = eventsOf(activityWith(mark));
  if (!event) throw new TypeError("a report gives an event");
  return { ...event, id: `1763881200000-${Number(numberOf(mark))}` };
}

const numberOf = (mark: string) => mark.split(":")[1] ?? "";
