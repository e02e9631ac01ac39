/** Valid examples of what the contract describes, for its own tests. */

import type { HeatCell } from "../src/heat.ts";
import type { Principal } from "../src/identity.ts";
import type { Issue } from "../src/issue.ts";
import type { Alert } from "../src/places.ts";
import { emptyTally } from "../src/tally.ts";

export function anIssue(change: Partial<Issue> = {}): Issue {
  return {
    id: "leak-1",
    organizationId: "riverside",
    campusId: "north",
    buildingId: "library",
    title: "Water under the stacks",
    description: "",
    category: "plumbing",
    severity: "high",
    status: "open",
    reporterId: "rita",
    assigneeId: null,
    dueAt: "2026-02-01T08:00:00.000Z",
    createdAt: "2026-01-31T08:00:00.000Z",
    updatedAt: "2026-01-31T08:00:00.000Z",
    resolvedAt: null,
    version: 1,
    ...change,
  };
}

export function anAlert(change: Partial<Alert> = {}): Alert {
  return {
    id: "boiler",
    organizationId: "riverside",
    campusId: "north",
    buildingId: "library",
    message: "No heating this morning",
    severity: "medium",
    startsAt: "2026-01-31T08:00:00.000Z",
    endsAt: null,
    createdAt: "2026-01-30T08:00:00.000Z",
    createdBy: "mona",
    cancelledAt: null,
    ...change,
  };
}

export function aCell(change: Partial<HeatCell> = {}): HeatCell {
  return {
    ...emptyTally(),
    buildingId: "library",
    campusId: "north",
    updatedAt: "2026-01-31T08:00:00.000Z",
    version: 1,
    ...change,
  };
}

export function aPrincipal(change: Partial<Principal> = {}): Principal {
  return {
    uid: "ann",
    organizationId: "riverside",
    role: "viewer",
    issuedAt: 1_799_996_400,
    expiresAt: 1_800_000_000,
    ...change,
  };
}
