import { categories, type Issue, type Stats, severities, statuses } from "@faultline/contract";
import { useMemo } from "react";
import { useNow } from "../app/now.ts";
import { useCells } from "../data/heat.ts";
import { usePlaces } from "../data/places.ts";
import { text } from "../text/index.ts";
import { SeverityIcon, StatusIcon } from "../ui/icons.tsx";
import { type Bar, BarChart } from "./BarChart.tsx";
import { DayChart } from "./DayChart.tsx";
import { countByDay, countByDuration } from "./series.ts";

interface ChartsProps {
  readonly stats: Stats | undefined;
  readonly issues: readonly Issue[];
  /** "campus:ID", "building:ID" or empty. */
  readonly place: string;
}

const mostBuildings = 8;

export function Charts({ stats, issues, place }: ChartsProps) {
  const now = useNow(60_000);
  const days = useMemo(() => countByDay(issues, now), [issues, now]);
  const durations = useMemo(() => countByDuration(issues, now), [issues, now]);
  const buildings = useHeaviest(place);
  return (
    <div className="charts">
      <DayChart days={days} />
      <BarChart title={text.stats.bySeverity} bars={severityBars(stats)} />
      <BarChart
        title={text.stats.timeToResolve}
        bars={durations.map((value, index) => ({ label: text.stats.buckets[index] ?? "", value }))}
      />
      <BarChart title={text.stats.byBuilding} bars={buildings} />
      <BarChart title={text.stats.byCategory} bars={categoryBars(stats)} />
      <BarChart title={text.stats.byStatus} bars={statusBars(stats)} />
    </div>
  );
}

function severityBars(stats: Stats | undefined): readonly Bar[] {
  return [...severities].reverse().map((severity) => ({
    label: text.severity[severity],
    value: stats?.bySeverity[severity] ?? 0,
    icon: <SeverityIcon severity={severity} size={16} />,
    className: `severity-${severity}`,
  }));
}

function categoryBars(stats: Stats | undefined): readonly Bar[] {
  return categories
    .map((category) => ({ label: text.category[category], value: stats?.byCategory[category] ?? 0 }))
    .sort((a, b) => b.value - a.value);
}

function statusBars(stats: Stats | undefined): readonly Bar[] {
  return statuses.map((status) => ({
    label: text.status[status],
    value: stats?.byStatus[status] ?? 0,
    icon: <StatusIcon status={status} size={16} />,
  }));
}

function useHeaviest(place: string): readonly Bar[] {
  const cells = useCells();
  const { buildings, buildingName } = usePlaces();
  const isNamed = buildings.length > 0;
  return useMemo(
    () =>
      [...(isNamed ? cells.values() : [])]
        .filter(
          ({ campusId, buildingId }) =>
            place === "" || place === `campus:${campusId}` || place === `building:${buildingId}`,
        )
        .sort((a, b) => b.weight - a.weight)
        .slice(0, mostBuildings)
        .map(({ buildingId, weight }) => ({ label: buildingName(buildingId), value: weight })),
    [cells, buildingName, isNamed, place],
  );
}
