/** Which campus the map shows: campuses may lie so far apart that all of them together are specks. */
import { type Dispatch, type SetStateAction, useEffect, useMemo, useState } from "react";
import { useCells } from "../data/heat.ts";
import { usePlaces } from "../data/places.ts";

/** How long a display shows each campus, in milliseconds. */
const tourMs = 20_000;

/** A campus's id, or "all". */
export type ShownCampus = string;

/** The heaviest at first; then what is set, or on a tour, each in turn. Undefined until the buildings are known. */
export function useShownCampus(
  isTour: boolean,
): readonly [ShownCampus | undefined, Dispatch<SetStateAction<ShownCampus | undefined>>] {
  const { campuses } = usePlaces();
  const heaviest = useHeaviest();
  const [shown, setShown] = useState<ShownCampus>();
  useEffect(() => {
    setShown((before) => before ?? heaviest);
  }, [heaviest]);
  useEffect(() => {
    if (!isTour || campuses.length < 2) return;
    const ids = campuses.map(({ id }) => id);
    const next = (before: ShownCampus | undefined) => ids[(ids.indexOf(before ?? "") + 1) % ids.length];
    const timer = setInterval(() => setShown(next), tourMs);
    return () => clearInterval(timer);
  }, [isTour, campuses]);
  return [shown, setShown];
}

function useHeaviest(): ShownCampus | undefined {
  const { campuses, buildings } = usePlaces();
  const cells = useCells();
  return useMemo(() => {
    if (buildings.length === 0 || cells.size === 0) return undefined;
    const weightOf = (id: string) =>
      buildings.reduce((sum, one) => sum + (one.campusId === id ? (cells.get(one.id)?.weight ?? 0) : 0), 0);
    const sorted = campuses
      .filter(({ id }) => buildings.some(({ campusId }) => campusId === id))
      .sort((a, b) => weightOf(b.id) - weightOf(a.id));
    return sorted[0]?.id ?? "all";
  }, [campuses, buildings, cells]);
}
