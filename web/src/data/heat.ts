/** The heat cells. */
import { useHeatmap } from "@faultline/client/react";
import type { HeatCell } from "@faultline/contract";

const maps = new WeakMap<readonly HeatCell[], ReadonlyMap<string, HeatCell>>();

/** By building; the same map until a cell has changed, whoever asks. */
export function useCells(): ReadonlyMap<string, HeatCell> {
  const { cells } = useHeatmap();
  const known = maps.get(cells);
  if (known) return known;
  const map = new Map(cells.map((cell) => [cell.buildingId, cell]));
  maps.set(cells, map);
  return map;
}
