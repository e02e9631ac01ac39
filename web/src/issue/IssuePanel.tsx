/** One issue beside the board: what it is, what can be done, what was done. */
import { type Issue, isUnresolved } from "@faultline/contract";
import { useEffect, useRef, useState } from "react";
import { useNow } from "../app/now.ts";
import { useIssue } from "../data/issues.ts";
import { usePeople } from "../data/people.ts";
import { usePlaces } from "../data/places.ts";
import { formatDuration, formatMoment, formatRelative } from "../text/format.ts";
import { text } from "../text/index.ts";
import { Shape } from "../ui/icons.tsx";
import { SeverityMark, StatusMark } from "../ui/marks.tsx";
import { Actions } from "./Actions.tsx";
import { CommentForm } from "./CommentForm.tsx";
import { EditForm } from "./EditForm.tsx";
import { History } from "./History.tsx";
import "./issue.css";

interface IssuePanelProps {
  readonly id: string;
  readonly onClose: () => void;
}

export function IssuePanel({ id, onClose }: IssuePanelProps) {
  const { issue, phase } = useIssue(id);
  const heading = useRef<HTMLHeadingElement>(null);
  // Who opened it with the keyboard reads on there, and is back in the list after Escape.
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <aside className="issue" aria-label={text.issue.title}>
      <header className="issue-head">
        <button type="button" className="button plain icon" onClick={onClose} aria-label={text.issue.close}>
          <Shape name="cross" />
        </button>
        {issue && (
          <>
            <SeverityMark severity={issue.severity} />
            <StatusMark status={issue.status} />
          </>
        )}
      </header>
      <div className="issue-body">
        <h2 ref={heading} tabIndex={-1}>
          {issue?.title ?? text.issue.title}
        </h2>
        {issue ? <Content issue={issue} onClose={onClose} /> : <p className="soft">{absence[phase]}</p>}
      </div>
    </aside>
  );
}

const absence = {
  loading: text.issue.loading,
  ready: text.issue.gone,
  failed: text.issue.notFound,
} as const;

function Content({ issue, onClose }: { readonly issue: Issue; readonly onClose: () => void }) {
  const [isEditing, setIsEditing] = useState(false);
  if (isEditing) return <EditForm issue={issue} onDone={() => setIsEditing(false)} />;
  return (
    <>
      <Facts issue={issue} />
      <p className="issue-description" data-empty={issue.description === ""}>
        {issue.description || text.issue.noDescription}
      </p>
      <Actions issue={issue} onEdit={() => setIsEditing(true)} onDeleted={onClose} />
      <CommentForm issue={issue} />
      <History issue={issue} />
    </>
  );
}

function Facts({ issue }: { readonly issue: Issue }) {
  const now = useNow();
  const { buildingName, campusName } = usePlaces();
  const { personName } = usePeople();
  const { floor, room } = issue.location ?? {};
  const isOverdue = isUnresolved(issue) && Date.parse(issue.dueAt) < now;
  const place = [
    buildingName(issue.buildingId),
    floor === undefined ? undefined : text.places.floor(floor),
    room === undefined ? undefined : text.places.room(room),
    campusName(issue.campusId),
  ];
  const facts: readonly (readonly [string, string, boolean?])[] = [
    [text.issue.place, place.filter(Boolean).join(" · ")],
    [text.issue.category, text.category[issue.category]],
    [text.issue.reporter, `${personName(issue.reporterId)}, ${formatMoment(issue.createdAt)}`],
    [text.issue.assignee, issue.assigneeId === null ? text.people.nobody : personName(issue.assigneeId)],
    ...(isUnresolved(issue) ? [[text.issue.due, dueText(issue, now, isOverdue), isOverdue] as const] : []),
  ];
  return (
    <dl className="facts">
      {facts.map(([name, value, isBad]) => (
        <div key={name} data-bad={isBad}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function dueText({ dueAt }: Issue, now: number, isOverdue: boolean): string {
  const distance = isOverdue
    ? text.time.overdue(formatDuration(now - Date.parse(dueAt)))
    : formatRelative(dueAt, now);
  return `${formatMoment(dueAt)} (${distance})`;
}
