import { dueAt, type Issue } from "@faultline/contract";

const createdAt = "2026-01-31T08:00:00.000Z";

/** An open issue of the library, but for what is given. */
export function anIssue(fields: Partial<Issue> = {}): Issue {
  const severity = fields.severity ?? "medium";
  return {
    id: "one",
    organizationId: "riverside",
    campusId: "north",
    buildingId: "library",
    title: "Tap drips",
    description: "",
    category: "plumbing",
    status: "open",
    reporterId: "ann",
    assigneeId: null,
    createdAt,
    updatedAt: createdAt,
    resolvedAt: null,
    version: 1,
    ...fields,
    severity,
    dueAt: fields.dueAt ?? dueAt(fields.createdAt ?? createdAt, severity),
  };
}
