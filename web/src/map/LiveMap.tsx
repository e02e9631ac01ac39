/** The map as a React component; it is made once and then only told what is new. */
import { useEffect, useRef, useState } from "react";
import { useIsDark } from "../app/theme.ts";
import { useCells } from "../data/heat.ts";
import { usePlaces } from "../data/places.ts";
import { useWorkspace } from "../data/workspace.ts";
import { text } from "../text/index.ts";
import { Shape } from "../ui/icons.tsx";
import { CampusMap } from "./campus-map.ts";
import { Legend } from "./Legend.tsx";
import { paletteOf } from "./palette.ts";

interface LiveMapProps {
  readonly chosen?: string | undefined;
  readonly onPick?: (buildingId: string) => void;
}

/** Without `onPick` it can't be moved or pressed. */
export default function LiveMap({ chosen, onPick }: LiveMapProps) {
  const container = useRef<HTMLDivElement>(null);
  const pick = useRef(onPick);
  pick.current = onPick;
  const isStill = onPick === undefined;
  const { config } = useWorkspace();
  const palette = paletteOf(useIsDark());
  const firstPalette = useRef(palette);
  const [map, setMap] = useState<CampusMap | "unavailable">();
  useEffect(() => {
    if (!container.current) return;
    try {
      const made = new CampusMap({
        container: container.current,
        palette: firstPalette.current,
        styleUrl: config.mapStyle,
        isStill,
        onPick: (id) => pick.current?.(id),
      });
      setMap(made);
      return () => made.remove();
    } catch {
      setMap("unavailable");
    }
  }, [config.mapStyle, isStill]);
  const live = map === "unavailable" ? undefined : map;
  useFeeding(live, chosen, palette);
  return (
    <div className="live-map">
      <section ref={container} className="map-canvas" aria-label={text.map.label} />
      {map === "unavailable" && <p className="center soft">{text.map.unavailable}</p>}
      {!isStill && live && (
        <button type="button" className="button map-fit" onClick={() => live.fit()} aria-label={text.map.fit}>
          <Shape name="fit" />
        </button>
      )}
      {live && <Legend palette={palette} />}
    </div>
  );
}

function useFeeding(
  map: CampusMap | undefined,
  chosen: string | undefined,
  palette: Parameters<CampusMap["setPalette"]>[0],
): void {
  const { buildings } = usePlaces();
  const cells = useCells();
  useEffect(() => map?.setPalette(palette), [map, palette]);
  useEffect(() => map?.setBuildings(buildings), [map, buildings]);
  useEffect(() => map?.setCells(cells), [map, cells]);
  // Buildings come first: what is chosen has to be there to be shown.
  useEffect(() => {
    if (buildings.length > 0) map?.choose(chosen);
  }, [map, buildings, chosen]);
}
