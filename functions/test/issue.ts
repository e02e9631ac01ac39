/** Issues and their history, made without the API. */
import { type Activity, activityOf, dueAt, type Issue } from "@faultline/contract";

const createdAt = "2026-11-23T07:00:00.000Z";

export function sampleIssue(fields: Partial<Issue> & Pick<Issue, "organizationId">): Issue {
  return {
    id: "leak",
    campusId: "north",
    buildingId: "library",
    title: "Leak",
    description: "",
    category: "plumbing",
    severity: "high",
    status: "open",
    reporterId: "rita",
    assigneeId: null,
    dueAt: dueAt(createdAt, "high"),
    createdAt,
    updatedAt: createdAt,
    resolvedAt: null,
    version: 1,
    ...fields,
  };
}

/** The history of an issue that got a new title with every version. */
export function sampleHistory(
  issue: Issue,
  versions: number,
  time = new Date().toISOString(),
): readonly Activity[] {
  const states = Array.from({ length: versions }, (_, index) => ({
    ...issue,
    title: `Title ${index + 1}`,
    updatedAt: time,
    version: index + 1,
  }));
  return states.map((after, index) =>
    activityOf({ before: states[index - 1] ?? null, after, actor: { uid: "ada" }, time }),
  );
}
