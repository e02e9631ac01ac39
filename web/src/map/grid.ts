import type { FeatureCollection, LineString } from "geojson";

const metresPerDegree = 111_320;

/** Lines every `everyMetres` over a box and its size around it: a sense of scale where there are no streets. */
export function gridFeatures(
  [west, south, east, north]: readonly [number, number, number, number],
  everyMetres = 50,
): FeatureCollection<LineString> {
  const latStep = everyMetres / metresPerDegree;
  const lngStep = latStep / Math.cos(((south + north) / 2) * (Math.PI / 180));
  const [padLng, padLat] = [Math.max(east - west, lngStep * 20), Math.max(north - south, latStep * 20)];
  const [left, right, bottom, top] = [west - padLng, east + padLng, south - padLat, north + padLat];
  // A grid over a whole city would be all lines.
  const factor = Math.max(1, Math.ceil(Math.max((right - left) / lngStep, (top - bottom) / latStep) / 250));
  const lngs = steps(left, right, lngStep * factor);
  const lats = steps(bottom, top, latStep * factor);
  const lines = [
    ...lngs.map((lng) => [[lng, bottom] as const, [lng, top] as const] as const),
    ...lats.map((lat) => [[left, lat] as const, [right, lat] as const] as const),
  ];
  return {
    type: "FeatureCollection",
    features: lines.map((line) => ({
      type: "Feature",
      properties: {},
      geometry: { type: "LineString", coordinates: line.map((position) => [...position]) },
    })),
  };
}

function steps(from: number, to: number, by: number): readonly number[] {
  return Array.from({ length: Math.floor((to - from) / by) + 1 }, (_, index) => from + index * by);
}
