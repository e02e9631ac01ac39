/** What the forms in front of the page say, in English. */
import type { Severity } from "@faultline/contract";

export const dialog = { close: "Close", cancel: "Cancel" } as const;

export const report = {
  open: "Report an issue",
  short: "Report",
  title: "Report an issue",
  building: "Building",
  choose: "Choose a building",
  what: "What is wrong?",
  whatHint: "For example: water drips from the ceiling",
  category: "Category",
  severity: "How bad is it?",
  severityHelp: {
    low: "Can wait a week",
    medium: "Within three days",
    high: "Today or tomorrow",
    critical: "Danger or damage now",
  } satisfies Record<Severity, string>,
  floor: "Floor",
  room: "Room",
  description: "Details",
  optional: "optional",
  submit: "Report it",
  done: (title: string) => `Reported: ${title}`,
  queued: (title: string) => `Kept until you are online again: ${title}`,
  duplicates: "Is it one of these?",
} as const;

export const alerts = {
  short: "Alerts",
  title: "Maintenance alerts",
  standing: "Announced",
  none: "No maintenance is announced just now.",
  withdraw: "Withdraw",
  withdrawSure: "Withdraw this alert for everybody?",
  withdrawYes: "Yes, withdraw it",
  keep: "Keep it",
  fresh: "Announce maintenance",
  place: "Where",
  choose: "Choose a campus or building",
  wholeCampus: (name: string) => `${name}: whole campus`,
  severity: "How much it disturbs",
  message: "What to expect",
  messageHint: "For example: no hot water while pipes are replaced",
  from: "From (empty: now)",
  until: "Until (empty: when withdrawn)",
  isOver: "This is past already.",
  endsTooSoon: "It must end after it begins.",
  submit: "Announce it",
  working: "Announcing",
} as const;
