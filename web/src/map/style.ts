/** How the map looks: its layers, and a background of its own when no style with tiles was configured. */
import type {
  DataDrivenPropertyValueSpecification,
  ExpressionSpecification,
  LayerSpecification,
  StyleSpecification,
} from "maplibre-gl";
import { type Palette, rampStops } from "./palette.ts";

/** The sources that the map fills. */
export const sources = { ground: "ground", grid: "grid", outlines: "outlines", heat: "heat" } as const;

/** The layer that takes clicks. */
export const buildingLayer = "building-fill";

const weight: ExpressionSpecification = ["coalesce", ["feature-state", "weight"], 0];
const pulse: ExpressionSpecification = ["coalesce", ["feature-state", "pulse"], 0];
const isChosen: ExpressionSpecification = ["boolean", ["feature-state", "chosen"], false];
const isPointedAt: ExpressionSpecification = ["boolean", ["feature-state", "hover"], false];

/** A background that needs nothing from anywhere. */
export function plainStyle({ ground }: Palette): StyleSpecification {
  return {
    version: 8,
    sources: {},
    layers: [{ id: "background", type: "background", paint: { "background-color": ground } }],
  };
}

/** From the ground up. With a background of tiles the page draws no ground of its own. */
export function layersOf(
  palette: Palette,
  { hasTiles, letterScale }: { readonly hasTiles: boolean; readonly letterScale: number },
): readonly LayerSpecification[] {
  return [
    ...(hasTiles ? [] : groundLayers(palette)),
    heatLayer(palette),
    ...buildingLayers(palette),
    nameLayer(palette, letterScale),
  ];
}

function groundLayers({ campus, grid, edge }: Palette): readonly LayerSpecification[] {
  return [
    { id: "ground", type: "fill", source: sources.ground, paint: { "fill-color": campus } },
    { id: "grid", type: "line", source: sources.grid, paint: { "line-color": grid, "line-width": 1 } },
    {
      id: "ground-edge",
      type: "line",
      source: sources.ground,
      paint: { "line-color": edge, "line-width": 1, "line-dasharray": [2, 4], "line-opacity": 0.6 },
    },
  ];
}

function heatLayer({ heat }: Palette): LayerSpecification {
  return {
    id: "heat",
    type: "heatmap",
    source: sources.heat,
    paint: {
      "heatmap-weight": ["interpolate", ["linear"], ["get", "weight"], 0, 0, 110, 1],
      "heatmap-intensity": ["interpolate", ["linear"], ["zoom"], 12, 0.7, 18, 1.4],
      "heatmap-radius": ["interpolate", ["exponential", 1.75], ["zoom"], 11, 10, 15, 60, 19, 420],
      "heatmap-color": [
        "interpolate",
        ["linear"],
        ["heatmap-density"],
        0,
        heat[0],
        0.25,
        heat[1],
        0.6,
        heat[2],
        1,
        heat[3],
      ],
      "heatmap-opacity": 0.85,
    },
  };
}

/** What glows is what is heavy; for a moment after a change it glows more. */
function buildingLayers(palette: Palette): readonly LayerSpecification[] {
  const glowing: DataDrivenPropertyValueSpecification<number> = [
    "+",
    ["interpolate", ["linear"], weight, 20, 0, 110, 0.6],
    ["*", 0.9, pulse],
  ];
  return [
    {
      id: "building-glow",
      type: "line",
      source: sources.outlines,
      paint: {
        "line-color": palette.glow,
        "line-blur": 10,
        "line-width": ["+", 9, ["*", 16, pulse]],
        "line-opacity": ["min", 1, glowing],
      },
    },
    {
      id: buildingLayer,
      type: "fill",
      source: sources.outlines,
      paint: { "fill-color": colourByWeight(palette), "fill-opacity": 0.94 },
    },
    {
      id: "building-edge",
      type: "line",
      source: sources.outlines,
      paint: {
        "line-color": ["case", isChosen, palette.chosen, isPointedAt, palette.text, palette.edge],
        "line-width": ["case", isChosen, 3.5, isPointedAt, 2.2, 1],
      },
    },
  ];
}

function colourByWeight({ ramp }: Palette): DataDrivenPropertyValueSpecification<string> {
  const stops = rampStops.flatMap((stop, index) => [stop, ramp[index] ?? ramp[0]]);
  return ["interpolate", ["linear"], weight, ...stops] as unknown as ExpressionSpecification;
}

/** Without a `glyphs` address in the style, MapLibre draws letters with the fonts that are there. */
function nameLayer({ text, halo }: Palette, scale: number): LayerSpecification {
  return {
    id: "building-name",
    type: "symbol",
    source: sources.heat,
    minzoom: 14.2,
    layout: {
      "text-field": [
        "format",
        ["get", "name"],
        {},
        "\n",
        {},
        ["to-string", ["get", "weight"]],
        { "font-scale": 0.86 },
      ],
      "text-font": ["Segoe UI", "Noto Sans", "sans-serif"],
      "text-size": ["interpolate", ["linear"], ["zoom"], 14, 10.5 * scale, 18, 15 * scale],
      "text-max-width": 7,
      "text-padding": 4,
      "symbol-sort-key": ["-", ["get", "weight"]],
    },
    paint: { "text-color": text, "text-halo-color": halo, "text-halo-width": 1.6 },
  };
}
