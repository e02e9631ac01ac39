import type { WatchedIssue } from "@faultline/client";
import { type Issue, isUnresolved } from "@faultline/contract";
import { memo, useRef, useSyncExternalStore } from "react";
import { useNow } from "../app/now.ts";
import { usePeople } from "../data/people.ts";
import { usePlaces } from "../data/places.ts";
import { formatDuration, formatMoment, formatRelative } from "../text/format.ts";
import { text } from "../text/index.ts";
import { SeverityMark, StatusMark } from "../ui/marks.tsx";

interface IssueRowProps {
  readonly issue: WatchedIssue;
  readonly isLeaving: boolean;
  readonly index: number;
  /** In pixels from the top of the list. */
  readonly top: number;
  readonly isOpen: boolean;
  /** Whether the Tab key stops here: one row of all has the focus to give. */
  readonly isStop: boolean;
  readonly onOpen: (id: string) => void;
  readonly onFocus: (index: number) => void;
}

/** A row that has not changed is not rendered again: of a burst's changes few are in sight. */
export const IssueRow = memo(function IssueRow(props: IssueRowProps) {
  const { issue, isLeaving, index, top, isOpen, isStop, onOpen, onFocus } = props;
  const isChanged = useHasChanged(issue);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid takes the keys of all its rows
    <div
      role="row"
      className="row"
      aria-rowindex={index + 2}
      aria-selected={isOpen}
      data-index={index}
      data-leaving={isLeaving}
      tabIndex={isStop ? 0 : -1}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => onOpen(issue.id)}
      onFocus={() => onFocus(index)}
    >
      {isChanged && <span key={issue.version} className="flash" aria-hidden="true" />}
      <div role="gridcell" className="cell-severity">
        <SeverityMark severity={issue.severity} />
      </div>
      <div role="gridcell" className="cell-issue">
        <Subject issue={issue} />
        {isLeaving && <span className="tag">{text.board.leaving}</span>}
        {issue.isPending && <span className="tag">{text.board.pending}</span>}
      </div>
      <div role="gridcell" className="cell-status">
        <StatusMark status={issue.status} />
      </div>
      <Times issue={issue} />
    </div>
  );
});

function Subject({ issue }: { readonly issue: Issue }) {
  const { buildingName } = usePlaces();
  const { floor, room } = issue.location ?? {};
  const place = [
    buildingName(issue.buildingId),
    ...(floor === undefined ? [] : [text.places.floor(floor)]),
    ...(room === undefined ? [] : [text.places.room(room)]),
  ];
  return (
    <>
      <strong className="row-title">{issue.title}</strong>
      <span className="soft row-place">{place.join(" · ")}</span>
    </>
  );
}

function Times({ issue }: { readonly issue: Issue }) {
  const now = useNow();
  const { personName } = usePeople();
  const isOverdue = isUnresolved(issue) && Date.parse(issue.dueAt) < now;
  return (
    <>
      <div role="gridcell" className="cell-assignee">
        {issue.assigneeId === null ? (
          <span className="soft">{text.people.nobody}</span>
        ) : (
          personName(issue.assigneeId)
        )}
      </div>
      <div role="gridcell" className="cell-due" data-overdue={isOverdue}>
        {isUnresolved(issue) && (
          <time dateTime={issue.dueAt} title={formatMoment(issue.dueAt)}>
            {isOverdue
              ? text.time.overdue(formatDuration(now - Date.parse(issue.dueAt)))
              : formatRelative(issue.dueAt, now)}
          </time>
        )}
      </div>
      <div role="gridcell" className="cell-updated soft">
        <time dateTime={issue.updatedAt} title={formatMoment(issue.updatedAt)}>
          {formatRelative(issue.updatedAt, now)}
        </time>
      </div>
    </>
  );
}

/** Whether it is another version than when the row came; what is there at first is not news. */
function useHasChanged(issue: Issue): boolean {
  const first = useRef(issue.version);
  return issue.version !== first.current;
}

const narrow = matchMedia("(max-width: 760px)");

/** A row's height in pixels: as `board.css` has it. */
export function useRowHeight(): number {
  return useSyncExternalStore(
    (listener) => {
      narrow.addEventListener("change", listener);
      return () => narrow.removeEventListener("change", listener);
    },
    () => rowHeight(narrow.matches),
  );
}

function rowHeight(isNarrow: boolean): number {
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  return Math.round((isNarrow ? 5.2 : 4) * (rem || 15));
}
