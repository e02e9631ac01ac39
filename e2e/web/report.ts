/** What others report while somebody looks at the dashboard. */
import { openRest } from "../support/doors.ts";
import type { Stack } from "../support/stack.ts";

export interface Report {
  readonly title: string;
  /** Default "library". */
  readonly buildingId?: string;
  readonly severity?: "low" | "medium" | "high" | "critical";
}

/** Gives the id of the new issue, which a reporter of riverside made. */
export async function reportIssue(stack: Stack, report: Report): Promise<string> {
  const { title, buildingId = "library", severity = "high" } = report;
  const rest = openRest(stack, "reporter@riverside.test");
  return (await rest.create({ buildingId, title, description: "", category: "plumbing", severity })).id;
}
