import type { FeatureCollection, LineString } from "geojson";

const metresPerDegree = 111_320;

/** From one line to the next, in metres. */
const spacings = [50, 100, 200, 500, 1_000, 2_000, 5_000] as const;
const mostLines = 24;

/** Lines over a box and its size around it, a round distance apart: a sense of scale where there are no streets. */
export function gridFeatures([west, south, east, north]: readonly [
  number,
  number,
  number,
  number,
]): FeatureCollection<LineString> {
  const shrink = Math.cos(((south + north) / 2) * (Math.PI / 180));
  const metres = Math.max(north - south, (east - west) * shrink) * metresPerDegree;
  const spacing = spacings.find((one) => metres / one <= mostLines) ?? 10_000;
  const latStep = spacing / metresPerDegree;
  const lngStep = latStep / shrink;
  const [padLng, padLat] = [Math.max(east - west, lngStep * 20), Math.max(north - south, latStep * 20)];
  const [left, right, bottom, top] = [west - padLng, east + padLng, south - padLat, north + padLat];
  const lngs = steps(left, right, lngStep);
  const lats = steps(bottom, top, latStep);
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
