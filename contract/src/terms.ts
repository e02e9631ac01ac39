/** The words for issues, and what follows from them alone; without a schema library, so that a web page can load it. */
export const severities = ["low", "medium", "high", "critical"] as const;
export const statuses = ["open", "in_progress", "on_hold", "resolved", "closed"] as const;
export const categories = [
  "plumbing",
  "electrical",
  "hvac",
  "structural",
  "cleaning",
  "safety",
  "network",
  "grounds",
  "other",
] as const;

export type Severity = (typeof severities)[number];
export type Status = (typeof statuses)[number];
export type Category = (typeof categories)[number];

/** Hours within which an issue of each severity is due. */
export const dueHours: Readonly<Record<Severity, number>> = { critical: 4, high: 24, medium: 72, low: 168 };

/** When an issue reported at `createdAt` is due. */
export function dueAt(createdAt: string, severity: Severity): string {
  return new Date(Date.parse(createdAt) + dueHours[severity] * 3_600_000).toISOString();
}

/** Whether work on the issue is still to be done: it counts on the heat map. */
export function isUnresolved(issue: { readonly status: Status }): boolean {
  return issue.status !== "resolved" && issue.status !== "closed";
}
