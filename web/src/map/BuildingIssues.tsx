import { type Issue, isUnresolved } from "@faultline/contract";
import { useEffect, useMemo, useRef } from "react";
import { Link } from "wouter";
import { useNow } from "../app/now.ts";
import { routes } from "../app/routes.ts";
import { defaultFilters, writeFilters } from "../board/filters.ts";
import { sortIssues } from "../board/sorting.ts";
import { useCells } from "../data/heat.ts";
import { useIssues } from "../data/issues.ts";
import { usePlaces } from "../data/places.ts";
import { formatNumber, formatRelative } from "../text/format.ts";
import { text } from "../text/index.ts";
import { Shape } from "../ui/icons.tsx";
import { SeverityMark, StatusMark } from "../ui/marks.tsx";

/** The unresolved issues of one building. */
export function BuildingIssues({ id }: { readonly id: string }) {
  const { issues } = useIssues();
  const { buildingName } = usePlaces();
  const here = useMemo(
    () =>
      sortIssues(
        issues.filter((issue) => issue.buildingId === id && isUnresolved(issue)),
        "severity",
      ),
    [issues, id],
  );
  return (
    <>
      <Head id={id} unresolved={here.length} />
      {here.length === 0 && <p className="empty">{text.map.noIssues}</p>}
      <ul className="building-list" aria-label={text.map.issuesOf(buildingName(id))}>
        {here.map((issue) => (
          <li key={issue.id}>
            <Entry issue={issue} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Head({ id, unresolved }: { readonly id: string; readonly unresolved: number }) {
  const { buildingName } = usePlaces();
  const weight = useCells().get(id)?.weight ?? 0;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const onBoard = `${routes.board()}${writeFilters({ ...defaultFilters, place: `building:${id}` })}`;
  return (
    <header className="side-head">
      <Link className="button plain back" href={routes.map()}>
        <Shape name="back" />
        {text.map.back}
      </Link>
      <h1 id="map-title" ref={heading} tabIndex={-1}>
        {buildingName(id)}
      </h1>
      <p className="soft">
        {text.map.unresolved(unresolved)} · {text.map.weight}{" "}
        <span className="figures">{formatNumber(weight)}</span>
      </p>
      <Link className="button" href={onBoard}>
        {text.map.toBoard}
      </Link>
    </header>
  );
}

function Entry({ issue }: { readonly issue: Issue }) {
  const now = useNow();
  return (
    <Link className="building-issue" href={routes.board(issue.id)}>
      <strong>{issue.title}</strong>
      <span>
        <SeverityMark severity={issue.severity} />
        <StatusMark status={issue.status} />
        <span className="soft">{formatRelative(issue.createdAt, now)}</span>
      </span>
    </Link>
  );
}
