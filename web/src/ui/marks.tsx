/** Severity and status as people read them: a shape and a word. */
import type { Severity, Status } from "@faultline/contract";
import { text } from "../text/index.ts";
import { SeverityIcon, StatusIcon } from "./icons.tsx";

export function SeverityMark({ severity }: { readonly severity: Severity }) {
  return (
    <span className={`mark severity-${severity}`}>
      <SeverityIcon severity={severity} />
      {text.severity[severity]}
    </span>
  );
}

export function StatusMark({ status }: { readonly status: Status }) {
  return (
    <span className={`mark status-${status}`}>
      <StatusIcon status={status} />
      {text.status[status]}
    </span>
  );
}
