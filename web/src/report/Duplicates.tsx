import type { Issue } from "@faultline/contract";
import { Link } from "wouter";
import { useNow } from "../app/now.ts";
import { routes } from "../app/routes.ts";
import { formatRelative } from "../text/format.ts";
import { text } from "../text/index.ts";
import { SeverityMark, StatusMark } from "../ui/marks.tsx";

interface DuplicatesProps {
  readonly issues: readonly Issue[];
  readonly onPick: () => void;
}

/** Issues that may be the one in question; a press on one goes there instead. */
export function Duplicates({ issues, onPick }: DuplicatesProps) {
  const now = useNow();
  return (
    <div aria-live="polite">
      {issues.length > 0 && (
        <section className="duplicates" aria-labelledby="duplicates-title">
          <h3 id="duplicates-title">{text.report.duplicates}</h3>
          <ul>
            {issues.map((issue) => (
              <li key={issue.id}>
                <Link href={routes.board(issue.id)} onClick={onPick}>
                  <strong>{issue.title}</strong>
                  <span>
                    <SeverityMark severity={issue.severity} /> <StatusMark status={issue.status} />{" "}
                    <span className="soft">{formatRelative(issue.createdAt, now)}</span>
                  </span>
                </Link>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
