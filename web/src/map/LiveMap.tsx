/** The map as a React component; it is made once and then only told what is new. */
import { type RefObject, useEffect, useRef, useState } from "react";
import { useIsDark } from "../app/theme.ts";
import { useCells } from "../data/heat.ts";
import { usePlaces } from "../data/places.ts";
import { useWorkspace } from "../data/workspace.ts";
import { text } from "../text/index.ts";
import { Shape } from "../ui/icons.tsx";
import { CampusChoice } from "./CampusChoice.tsx";
import { CampusMap } from "./campus-map.ts";
import { type ShownCampus, useShownCampus } from "./campuses.ts";
import { Legend } from "./Legend.tsx";
import { type Palette, paletteOf } from "./palette.ts";

interface LiveMapProps {
  readonly chosen?: string | undefined;
  readonly onPick?: (buildingId: string) => void;
}

/** Without `onPick` it can't be moved or pressed. */
export default function LiveMap({ chosen, onPick }: LiveMapProps) {
  const container = useRef<HTMLDivElement>(null);
  const isStill = onPick === undefined;
  const { campusName } = usePlaces();
  const palette = paletteOf(useIsDark());
  const map = useCampusMap(container, palette, onPick);
  const live = map === "unavailable" ? undefined : map;
  const [campus, setCampus] = useShownCampus(isStill);
  useFeeding(live, { chosen, palette, campus });
  return (
    <div className="live-map">
      <section ref={container} className="map-canvas" aria-label={text.map.label} />
      {map === "unavailable" && <p className="center soft">{text.map.unavailable}</p>}
      {!isStill && live && (
        <div className="map-tools">
          <CampusChoice shown={campus} onChoose={setCampus} />
          <button type="button" className="button icon" onClick={() => live.fit()} aria-label={text.map.fit}>
            <Shape name="fit" />
          </button>
        </div>
      )}
      {isStill && campus !== undefined && campus !== "all" && (
        <p className="campus-shown">{campusName(campus)}</p>
      )}
      {live && <Legend palette={palette} />}
    </div>
  );
}

/** Makes the map once; "unavailable" where the browser can't draw it. */
function useCampusMap(
  container: RefObject<HTMLElement>,
  palette: Palette,
  onPick: LiveMapProps["onPick"],
): CampusMap | "unavailable" | undefined {
  const { mapStyle } = useWorkspace().config;
  const pick = useRef(onPick);
  pick.current = onPick;
  const isStill = onPick === undefined;
  const firstPalette = useRef(palette);
  const [map, setMap] = useState<CampusMap | "unavailable">();
  useEffect(() => {
    if (!container.current) return;
    try {
      const made = new CampusMap({
        container: container.current,
        palette: firstPalette.current,
        styleUrl: mapStyle,
        isStill,
        onPick: (id) => pick.current?.(id),
      });
      setMap(made);
      return () => made.remove();
    } catch {
      setMap("unavailable");
    }
  }, [container, mapStyle, isStill]);
  return map;
}

const campusOf = (shown: ShownCampus | undefined) => (shown === "all" ? undefined : shown);

interface Food {
  readonly chosen: string | undefined;
  readonly palette: Palette;
  readonly campus: ShownCampus | undefined;
}

/** Tells the map what is new. */
function useFeeding(map: CampusMap | undefined, { chosen, palette, campus }: Food): void {
  const { buildings } = usePlaces();
  const cells = useCells();
  useEffect(() => map?.setPalette(palette), [map, palette]);
  useEffect(() => map?.setBuildings(buildings), [map, buildings]);
  useEffect(() => map?.setCells(cells), [map, cells]);
  // After the buildings, which have to be there to be brought into sight.
  useEffect(() => {
    if (buildings.length > 0 && campus !== undefined) map?.look({ campus: campusOf(campus), chosen });
  }, [map, buildings, campus, chosen]);
}
