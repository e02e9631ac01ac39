import type { Issue, Stats } from "@faultline/contract";
import { useMemo } from "react";
import { useNow } from "../app/now.ts";
import { formatDuration, formatNumber } from "../text/format.ts";
import { text } from "../text/index.ts";
import { countOverdue, countResolvedSince } from "./series.ts";

interface TilesProps {
  readonly stats: Stats | undefined;
  readonly issues: readonly Issue[];
}

interface Tile {
  readonly name: string;
  readonly value: string;
  readonly tone?: "critical" | "high" | undefined;
}

export function Tiles({ stats, issues }: TilesProps) {
  const now = useNow();
  const tiles = useMemo(() => tilesOf(stats, issues, now), [stats, issues, now]);
  return (
    <dl className="tiles" aria-busy={stats === undefined}>
      {tiles.map(({ name, value, tone }) => (
        <div key={name} className="tile" data-tone={tone}>
          <dt>{name}</dt>
          <dd className="figures">
            <span key={value} className="tile-value">
              {value}
            </span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function tilesOf(stats: Stats | undefined, issues: readonly Issue[], now: number): readonly Tile[] {
  const overdue = countOverdue(issues, now);
  const critical = stats?.bySeverity.critical ?? 0;
  return [
    { name: text.stats.unresolved, value: formatNumber(stats?.unresolved ?? 0) },
    { name: text.stats.critical, value: formatNumber(critical), tone: critical > 0 ? "critical" : undefined },
    { name: text.stats.overdue, value: formatNumber(overdue), tone: overdue > 0 ? "high" : undefined },
    { name: text.stats.resolvedWeek, value: formatNumber(countResolvedSince(issues, now, 7)) },
    { name: text.stats.meanResolve, value: meanOf(stats) },
    { name: text.stats.weight, value: formatNumber(stats?.weight ?? 0) },
  ];
}

function meanOf(stats: Stats | undefined): string {
  if (!stats || stats.resolution.count === 0) return text.stats.none;
  return formatDuration((stats.resolution.seconds / stats.resolution.count) * 1_000);
}
