import type { Issue } from "@faultline/contract";
import { useId } from "react";
import { useNow } from "../app/now.ts";
import { usePlaces } from "../data/places.ts";
import { formatRelative } from "../text/format.ts";
import { text } from "../text/index.ts";
import { SeverityIcon, StatusIcon } from "../ui/icons.tsx";

interface TickerProps {
  readonly title: string;
  readonly issues: readonly Issue[];
  /** In place of an empty list. */
  readonly empty?: string;
  /** Whether the time of the last change is told rather than that of the report. */
  readonly isByChange?: boolean;
}

/** A short list for who passes by. */
export function Ticker({ title, issues, empty, isByChange = false }: TickerProps) {
  const id = useId();
  const now = useNow(10_000);
  const { buildingName } = usePlaces();
  return (
    <section className="ticker" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {issues.length === 0 && empty !== undefined && <p className="soft">{empty}</p>}
      <ul>
        {issues.map((issue) => (
          <li key={`${issue.id} ${issue.version}`}>
            <span className={`mark severity-${issue.severity}`}>
              <SeverityIcon severity={issue.severity} size={22} />
              <span className="sr-only">{text.severity[issue.severity]}</span>
            </span>
            <span className="ticker-words">
              <strong>{issue.title}</strong>
              <span className="ticker-place soft">
                {buildingName(issue.buildingId)}
                <span className={`mark status-${issue.status}`}>
                  <StatusIcon status={issue.status} />
                  {text.status[issue.status]}
                </span>
              </span>
            </span>
            <time className="soft" dateTime={isByChange ? issue.updatedAt : issue.createdAt}>
              {formatRelative(isByChange ? issue.updatedAt : issue.createdAt, now)}
            </time>
          </li>
        ))}
      </ul>
    </section>
  );
}
