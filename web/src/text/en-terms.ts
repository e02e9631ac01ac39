/** What the contract's own terms are called, in English. */
import type { Category, ErrorReason, MoveName, Role, Severity, Status } from "@faultline/contract";

export const severity: Readonly<Record<Severity, string>> = {
  low: "Low",
  medium: "Medium",
  high: "High",
  critical: "Critical",
};

export const status: Readonly<Record<Status, string>> = {
  open: "Open",
  in_progress: "In progress",
  on_hold: "On hold",
  resolved: "Resolved",
  closed: "Closed",
};

export const category: Readonly<Record<Category, string>> = {
  plumbing: "Plumbing",
  electrical: "Electrical",
  hvac: "Heating & air",
  structural: "Structure",
  cleaning: "Cleaning",
  safety: "Safety",
  network: "Network",
  grounds: "Grounds",
  other: "Other",
};

export const role: Readonly<Record<Role, string>> = {
  viewer: "Viewer",
  reporter: "Reporter",
  technician: "Technician",
  manager: "Manager",
  admin: "Admin",
};

export const move: Readonly<Record<MoveName, string>> = {
  start: "Start work",
  hold: "Put on hold",
  resolve: "Resolve",
  close: "Close",
  reopen: "Reopen",
};

/** What to tell a person of an error; others are told the server's own words. */
export const reason: Partial<Record<ErrorReason, string>> = {
  "version-stale": "Somebody changed this issue just now. Look again, then repeat your change.",
  "move-illegal": "The issue has moved on meanwhile; that step is no longer possible.",
  "permission-missing": "Your role does not allow this.",
  "scope-exceeded": "This lies outside the campuses and buildings you look after.",
  "issue-unknown": "This issue is gone.",
  "alert-unknown": "This alert was withdrawn already.",
  unavailable: "A service is out of reach just now. Nothing was saved; try again in a moment.",
  internal: "Something went wrong on our side. It has been logged; try again in a moment.",
};
