import type { NewAlert } from "@faultline/client";
import type { Severity } from "@faultline/contract";
import { text } from "../text/index.ts";

/** What the form holds; what was not entered is empty. */
export interface AlertFields {
  /** "campus:ID" or "building:ID". */
  readonly place: string;
  readonly message: string;
  readonly severity: Severity;
  /** Local times, as a `datetime-local` control has them: "2026-03-03T14:05". */
  readonly from: string;
  readonly until: string;
}

export const emptyAlert: AlertFields = { place: "", message: "", severity: "medium", from: "", until: "" };

/** What is sent. Without a beginning it stands at once, without an end until it is withdrawn. */
export function toNewAlert({ place, message, severity, from, until }: AlertFields): NewAlert {
  const [kind, id = ""] = place.split(":");
  return {
    ...(kind === "campus" ? { campusId: id } : { buildingId: id }),
    message: message.trim(),
    severity,
    ...(from && { startsAt: new Date(from).toISOString() }),
    ...(until && { endsAt: new Date(until).toISOString() }),
  };
}

/** What is wrong with the end, in words; empty when nothing is. */
export function problemOfEnd({ from, until }: Pick<AlertFields, "from" | "until">, now: number): string {
  if (until === "") return "";
  const end = Date.parse(until);
  if (end <= now) return text.alerts.isOver;
  return from !== "" && end <= Date.parse(from) ? text.alerts.endsTooSoon : "";
}
