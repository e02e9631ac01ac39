import type { Activity, Issue } from "@faultline/contract";
import { useNow } from "../app/now.ts";
import { useHistory } from "../data/history.ts";
import { usePeople } from "../data/people.ts";
import { formatMoment, formatRelative } from "../text/format.ts";
import { text } from "../text/index.ts";

/** What was done, the newest first; it grows while one looks. */
export function History({ issue }: { readonly issue: Issue }) {
  const { entries, more } = useHistory(issue);
  return (
    <section className="history" aria-labelledby="history-title">
      <h3 id="history-title">{text.issue.history}</h3>
      <ol>
        {entries.map((entry) => (
          <Entry key={entry.version} entry={entry} />
        ))}
      </ol>
      {more && (
        <button type="button" className="button" onClick={more}>
          {text.issue.more}
        </button>
      )}
    </section>
  );
}

function Entry({ entry }: { readonly entry: Activity }) {
  const now = useNow();
  const { personName, actorName } = usePeople();
  return (
    <li>
      <p>
        <strong>{actorName(entry.actor)}</strong> {describe(entry, personName)}
        <time className="soft" dateTime={entry.time} title={formatMoment(entry.time)}>
          {formatRelative(entry.time, now)}
        </time>
      </p>
      {entry.comment !== undefined && <blockquote>{entry.comment}</blockquote>}
    </li>
  );
}

/** "changed the severity to High and assigned it to Tom". */
function describe(entry: Activity, personName: (uid: string) => string): string {
  const parts = entry.events.map((type) => {
    if (type === "issue:updated") return describeUpdate(entry);
    if (type !== "issue:assigned") return text.issue.entry[type];
    const { assigneeId } = entry.issue;
    return assigneeId === null
      ? text.issue.entry["issue:unassigned"]
      : `${text.issue.entry[type]} ${personName(assigneeId)}`;
  });
  return parts.join(text.issue.and);
}

/** What other events of the same entry tell of is left to them. */
const toldElsewhere: ReadonlySet<string> = new Set(["assigneeId", "resolvedAt", "dueAt"]);

function describeUpdate({ changed, issue }: Activity): string {
  const values: Readonly<Record<string, string>> = {
    severity: text.severity[issue.severity],
    status: text.status[issue.status],
    category: text.category[issue.category],
  };
  const fields = changed.filter((name) => !toldElsewhere.has(name));
  const named = fields.map((name) => {
    const value = values[name];
    const field = text.issue.fields[name] ?? name;
    return value === undefined ? field : `${field} ${text.issue.nowIs(value)}`;
  });
  return `${text.issue.entry["issue:updated"]} ${named.join(text.issue.and)}`;
}
