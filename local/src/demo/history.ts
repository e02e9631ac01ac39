/** A made-up past for a demo organization: issues that went through the workflow, each write with its entry. */
import {
  type Activity,
  activityOf,
  type Building,
  type Category,
  categories,
  dueAt,
  type Issue,
  moves,
  type Severity,
  type Status,
} from "@faultline/contract";
import type { DemoOrganization } from "./organizations.ts";

export interface IssueHistory {
  /** The issue as it is now. */
  readonly issue: Issue;
  readonly activities: readonly Activity[];
}

const titles: Readonly<Record<Category, readonly string[]>> = {
  plumbing: ["Tap drips", "Drain is blocked", "Leak under the sink", "No hot water"],
  electrical: ["Light flickers", "Socket has no power", "Emergency light is out"],
  hvac: ["Room is too cold", "Radiator stays cold", "Ventilation is loud", "Air smells stale"],
  structural: ["Crack in the wall", "Door does not close", "Ceiling tile is loose", "Window is stuck"],
  cleaning: ["Spill in the corridor", "Bins are full", "Graffiti on the wall"],
  safety: ["Fire door is blocked", "Extinguisher is missing", "Handrail is loose"],
  network: ["No Wi-Fi", "Access point is offline", "Wall port is dead"],
  grounds: ["Path is icy", "Branch has fallen", "Bike rack is broken"],
  other: ["Lost property found", "Sign is wrong", "Lift is slow"],
};

const severityShares: readonly (readonly [Severity, number])[] = [
  ["low", 0.35],
  ["medium", 0.4],
  ["high", 0.19],
  ["critical", 0.06],
];

const hourMs = 3_600_000;
const pastHours = 30 * 24;

/** The issues of the last 30 days before `now`: the same ones for the same organization and moment. */
export function makeHistory(organization: DemoOrganization, now: Date): readonly IssueHistory[] {
  const random = generator(organization.id);
  return Array.from({ length: organization.issues }, (_, index) =>
    makeIssue(organization, now, index, random),
  );
}

function makeIssue(
  organization: DemoOrganization,
  now: Date,
  index: number,
  random: () => number,
): IssueHistory {
  const building = pick(organization.buildings, random);
  const age = random() ** 1.5 * pastHours * hourMs;
  const activities = [report(organization.id, building, new Date(now.getTime() - age), index, random)];
  const reporter = activities[0] as Activity;
  // Older issues have come further; a step takes a share of the time that is left.
  const steps = workSteps(random);
  for (const step of steps) {
    const last = activities.at(-1) as Activity;
    const wait = (0.05 + random() * 0.6) * Math.min(now.getTime() - Date.parse(last.time), 72 * hourMs);
    const time = new Date(Date.parse(last.time) + wait);
    if (wait < hourMs / 4) break;
    activities.push(
      makeWrite(last, step(last.issue, time.toISOString()), organization.id, time.toISOString()),
    );
  }
  const latest = activities.at(-1) ?? reporter;
  return { issue: latest.issue, activities };
}

function report(
  organizationId: string,
  building: Building,
  created: Date,
  index: number,
  random: () => number,
): Activity {
  const category = pick(categories, random);
  const severity = pickSeverity(random);
  const time = created.toISOString();
  const issue: Issue = {
    id: `demo-${String(index + 1).padStart(4, "0")}`,
    organizationId,
    campusId: building.campusId,
    buildingId: building.id,
    title: `${pick(titles[category], random)}, ${building.name}`,
    description: "Made-up example data.",
    category,
    severity,
    status: "open",
    location: { ...building.location, room: pick(building.rooms ?? ["101"], random) },
    reporterId: `${organizationId}-reporter`,
    assigneeId: null,
    dueAt: dueAt(time, severity),
    createdAt: time,
    updatedAt: time,
    resolvedAt: null,
    version: 1,
  };
  return activityOf({ before: null, after: issue, actor: { uid: issue.reporterId }, time });
}

type Step = (issue: Issue, time: string) => Issue;

const assign: Step = (issue) => ({ ...issue, assigneeId: `${issue.organizationId}-technician` });
const move =
  (to: Status): Step =>
  (issue, time) => ({ ...issue, status: to, resolvedAt: to === "resolved" ? time : issue.resolvedAt });

/** How far an issue gets: each list is a way through the workflow. */
function workSteps(random: () => number): readonly Step[] {
  const ways: readonly (readonly Step[])[] = [
    [],
    [assign],
    [assign, move(moves.start.to)],
    [assign, move(moves.start.to), move(moves.hold.to)],
    [assign, move(moves.start.to), move(moves.resolve.to)],
    [assign, move(moves.resolve.to)],
    [assign, move(moves.start.to), move(moves.resolve.to), move(moves.close.to)],
    [assign, move(moves.resolve.to), move(moves.close.to)],
  ];
  return pick(ways, random);
}

function makeWrite(last: Activity, changed: Issue, organizationId: string, time: string): Activity {
  const after: Issue = { ...changed, updatedAt: time, version: last.version + 1 };
  return activityOf({ before: last.issue, after, actor: { uid: `${organizationId}-manager` }, time });
}

function pickSeverity(random: () => number): Severity {
  let share = random();
  for (const [severity, part] of severityShares) {
    share -= part;
    if (share <= 0) return severity;
  }
  return "low";
}

function pick<T>(items: readonly T[], random: () => number): T {
  return items[Math.floor(random() * items.length)] as T;
}

/** A small seeded generator (mulberry32), so that the demo is the same on every machine. */
function generator(seed: string): () => number {
  let state = [...seed].reduce(
    (hash, letter) => Math.imul(hash ^ letter.charCodeAt(0), 0x01000193),
    0x811c9dc5,
  );
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
