/** The board: all issues one may see, filtered and sorted, with the chosen one beside them. */
import { useCallback, useDeferredValue, useMemo } from "react";
import { useLocation, useSearch } from "wouter";
import { routes } from "../app/routes.ts";
import { useIssues } from "../data/issues.ts";
import { usePlaces } from "../data/places.ts";
import { IssuePanel } from "../issue/IssuePanel.tsx";
import { text } from "../text/index.ts";
import { FilterBar } from "./FilterBar.tsx";
import { createFit, type Filters, readFilters, writeFilters } from "./filters.ts";
import { IssueGrid } from "./IssueGrid.tsx";
import { sortIssues } from "./sorting.ts";
import "./board.css";

export function Board({ issueId }: { readonly issueId: string | undefined }) {
  const [, navigate] = useLocation();
  const query = useSearch();
  const filters = useMemo(() => readFilters(query), [query]);
  const setFilters = useCallback(
    (change: Partial<Filters>) =>
      navigate(`${routes.board(issueId)}${writeFilters({ ...filters, ...change })}`, { replace: true }),
    [navigate, issueId, filters],
  );
  const open = useCallback(
    (id?: string) => navigate(`${routes.board(id)}${writeFilters(filters)}`),
    [navigate, filters],
  );
  // What is typed shows at once, what it finds among thousands of issues when it is found.
  const applied = useDeferredValue(filters);
  const listed = useListed(applied);
  return (
    <div className="board" data-open={issueId !== undefined}>
      {/* Outside of the list, which a narrow screen hides behind an open issue. */}
      <h1 id="board-title" className="sr-only">
        {text.board.title}
      </h1>
      <section className="board-main" aria-labelledby="board-title">
        <FilterBar filters={filters} onChange={setFilters} count={listed.length} />
        <IssueGrid issues={listed} filters={applied} openId={issueId} onOpen={open} onSort={setFilters} />
      </section>
      {issueId !== undefined && <IssuePanel key={issueId} id={issueId} onClose={() => open()} />}
    </div>
  );
}

function useListed(filters: Filters) {
  const { issues } = useIssues();
  const { buildingName } = usePlaces();
  return useMemo(
    () => sortIssues(issues.filter(createFit(filters, buildingName)), filters.sort),
    [issues, filters, buildingName],
  );
}
