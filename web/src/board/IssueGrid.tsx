/** The list of issues: thousands of rows of which only those in sight exist, held still while somebody uses them. */
import type { WatchedIssue } from "@faultline/client";
import { useVirtualizer, type Virtualizer } from "@tanstack/react-virtual";
import { useCallback, useRef } from "react";
import { useIssues } from "../data/issues.ts";
import { text } from "../text/index.ts";
import type { Filters } from "./filters.ts";
import { GridHead } from "./GridHead.tsx";
import type { HeldRows } from "./held-rows.ts";
import { IssueRow, useRowHeight } from "./IssueRow.tsx";
import { useHeldRows } from "./use-held-rows.ts";
import { useRowKeys } from "./use-row-keys.ts";

interface IssueGridProps {
  readonly issues: readonly WatchedIssue[];
  readonly filters: Filters;
  readonly openId: string | undefined;
  readonly onOpen: (id?: string) => void;
  readonly onSort: (change: Pick<Filters, "sort">) => void;
}

export function IssueGrid({ issues, filters, openId, onOpen, onSort }: IssueGridProps) {
  const { byId, phase } = useIssues();
  const { rows, waiting, release, holders } = useHeldRows({
    current: issues,
    byId,
    key: JSON.stringify(filters),
    isWhole: phase === "ready",
  });
  const scroller = useRef<HTMLDivElement>(null);
  const rowHeight = useRowHeight();
  const keys = useRowKeys({ rows, openId, onOpen, reveal: (index) => virtual.scrollToIndex(index) });
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: useCallback(() => scroller.current, []),
    estimateSize: () => rowHeight,
    getItemKey: (index) => rows[index]?.issue.id ?? index,
    overscan: 8,
    // The row with the focus stays, however far away it is scrolled.
    rangeExtractor: ({ startIndex, endIndex, overscan, count }) =>
      withIndex(range(startIndex - overscan, endIndex + overscan, count), keys.index),
  });
  return (
    <div className="grid-frame">
      {waiting > 0 && (
        <button type="button" className="button primary waiting" onClick={release}>
          {text.board.waiting(waiting)}
        </button>
      )}
      <div
        className="grid"
        role="grid"
        aria-label={text.board.list}
        aria-rowcount={rows.length + 1}
        aria-busy={phase === "loading"}
        aria-describedby="grid-keys"
        ref={scroller}
        {...holders}
        onKeyDown={keys.onKeyDown}
      >
        <GridHead sort={filters.sort} onSort={onSort} />
        <Rows
          rows={rows}
          virtual={virtual}
          openId={openId}
          stop={keys.index}
          onOpen={onOpen}
          onFocus={keys.setIndex}
        />
        {rows.length === 0 && <NoRows phase={phase} hasIssues={byId.size > 0} />}
      </div>
      <p id="grid-keys" className="sr-only">
        {text.board.keys}
      </p>
    </div>
  );
}

interface RowsProps {
  readonly rows: HeldRows<WatchedIssue>["rows"];
  readonly virtual: Virtualizer<HTMLDivElement, Element>;
  readonly openId: string | undefined;
  /** The row that has the focus to give. */
  readonly stop: number;
  readonly onOpen: (id: string) => void;
  readonly onFocus: (index: number) => void;
}

function Rows({ rows, virtual, openId, stop, onOpen, onFocus }: RowsProps) {
  return (
    <div className="grid-body" role="rowgroup" style={{ height: virtual.getTotalSize() }}>
      {virtual.getVirtualItems().map(({ index, start, key }) => {
        const row = rows[index];
        if (!row) return null;
        return (
          <IssueRow
            key={key}
            issue={row.issue}
            isLeaving={row.isLeaving}
            index={index}
            top={start}
            isOpen={row.issue.id === openId}
            isStop={index === stop}
            onOpen={onOpen}
            onFocus={onFocus}
          />
        );
      })}
    </div>
  );
}

function NoRows({ phase, hasIssues }: { readonly phase: string; readonly hasIssues: boolean }) {
  const words = { loading: text.board.loading, failed: text.board.failed } as const;
  const nothing = hasIssues ? text.board.empty : text.board.emptyAll;
  return (
    <div role="row">
      <div className="empty" role="gridcell">
        {phase === "loading" || phase === "failed" ? words[phase] : nothing}
      </div>
    </div>
  );
}

function range(from: number, to: number, count: number): readonly number[] {
  const first = Math.max(0, from);
  return Array.from(
    { length: Math.max(0, Math.min(count - 1, to) - first + 1) },
    (_, offset) => first + offset,
  );
}

function withIndex(indexes: readonly number[], extra: number): number[] {
  return indexes.includes(extra) || extra < 0 ? [...indexes] : [...indexes, extra].sort((a, b) => a - b);
}
