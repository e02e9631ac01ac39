import { severities } from "@faultline/contract";
import { text } from "../text/index.ts";
import { SeverityIcon } from "../ui/icons.tsx";
import type { ReportPartProps } from "./report.ts";

/** How bad it is, each choice with what it means. */
export function SeverityChoice({ report, set }: ReportPartProps) {
  return (
    <fieldset className="severities">
      <legend>{text.report.severity}</legend>
      {severities.map((severity) => (
        <label key={severity} className={`severity-${severity}`}>
          <input
            type="radio"
            name="severity"
            checked={report.severity === severity}
            onChange={() => set({ severity })}
          />
          <SeverityIcon severity={severity} size={22} />
          <strong>{text.severity[severity]}</strong>
          <small>{text.report.severityHelp[severity]}</small>
        </label>
      ))}
    </fieldset>
  );
}
