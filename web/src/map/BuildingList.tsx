import { type Building, type HeatCell, type Severity, severities } from "@faultline/contract";
import { memo, useMemo } from "react";
import { Link } from "wouter";
import { routes } from "../app/routes.ts";
import { useCells } from "../data/heat.ts";
import { usePlaces } from "../data/places.ts";
import { formatNumber } from "../text/format.ts";
import { text } from "../text/index.ts";
import { SeverityIcon } from "../ui/icons.tsx";

/** All buildings with their weight, the heaviest first: the map in words. */
export function BuildingList() {
  const { buildings, campusName } = usePlaces();
  const cells = useCells();
  const sorted = useMemo(() => sortByWeight(buildings, cells), [buildings, cells]);
  const heaviest = Math.max(1, ...sorted.map(({ id }) => cells.get(id)?.weight ?? 0));
  return (
    <>
      <header className="side-head">
        <h1 id="map-title">{text.map.title}</h1>
        <p className="soft" title={text.map.weightHelp}>
          {text.map.list}
        </p>
      </header>
      <ul className="building-list">
        {sorted.map((building) => (
          <li key={building.id}>
            <Entry
              building={building}
              cell={cells.get(building.id)}
              heaviest={heaviest}
              campus={campusName(building.campusId)}
            />
          </li>
        ))}
      </ul>
    </>
  );
}

interface EntryProps {
  readonly building: Building;
  readonly cell: HeatCell | undefined;
  readonly heaviest: number;
  readonly campus: string;
}

/** One of hundreds, most of which stay as they are when a cell changes. */
const Entry = memo(function Entry({ building, cell, heaviest, campus }: EntryProps) {
  const weight = cell?.weight ?? 0;
  const counts = cell?.bySeverity;
  const unresolved = counts ? severities.reduce((sum, severity) => sum + counts[severity], 0) : 0;
  return (
    <Link className="building" href={routes.map(building.id)}>
      <strong className="building-name">{building.name}</strong>
      <span className="building-weight figures" key={weight}>
        <span className="sr-only">{text.map.weight} </span>
        {formatNumber(weight)}
      </span>
      <span className="building-bar" style={{ "--share": weight / heaviest } as React.CSSProperties} />
      <span className="building-counts">
        <span>
          {campus} · {unresolved === 0 ? text.map.quiet : text.map.unresolved(unresolved)}
        </span>
        {counts && <Worst counts={counts} />}
      </span>
    </Link>
  );
});

/** How many of the two severities that cannot wait. */
function Worst({ counts }: { readonly counts: Readonly<Record<Severity, number>> }) {
  return (["critical", "high"] as const)
    .filter((severity) => counts[severity] > 0)
    .map((severity) => (
      <span key={severity} className={`mark severity-${severity}`} title={text.severity[severity]}>
        <SeverityIcon severity={severity} size={14} />
        {formatNumber(counts[severity])} <span className="sr-only">{text.severity[severity]}</span>
      </span>
    ));
}

function sortByWeight(
  buildings: readonly Building[],
  cells: ReadonlyMap<string, HeatCell>,
): readonly Building[] {
  const weight = ({ id }: Building) => cells.get(id)?.weight ?? 0;
  return [...buildings].sort((a, b) => weight(b) - weight(a) || a.name.localeCompare(b.name));
}
