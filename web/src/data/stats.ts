/**
 * Stats of a place, as sums over the heat cells that the page has for the map. Not the client's `useStats`: stats are told
 * for rooms, and a member who is limited to two buildings is in no room whose stats would be of just these.
 */
import type { WatchedIssue } from "@faultline/client";
import { type Stats, sumCells } from "@faultline/contract";
import { useMemo } from "react";
import { useCells } from "./heat.ts";
import { useIssues } from "./issues.ts";

export interface ScopedStats {
  /** Undefined until a cell is known. */
  readonly stats: Stats | undefined;
  readonly issues: readonly WatchedIssue[];
}

/** Of "campus:ID", "building:ID" or, when empty, of all that one may see. */
export function useScopedStats(place: string): ScopedStats {
  const cells = useCells();
  const { issues } = useIssues();
  return useMemo(() => {
    const isThere = ({ campusId, buildingId }: { readonly campusId: string; readonly buildingId: string }) =>
      place === "" || place === `campus:${campusId}` || place === `building:${buildingId}`;
    const stats = cells.size === 0 ? undefined : sumCells([...cells.values()].filter(isThere));
    return { stats, issues: issues.filter(isThere) };
  }, [cells, issues, place]);
}
