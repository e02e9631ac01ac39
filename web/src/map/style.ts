/** How the map looks: its layers, and a background of its own when no style with tiles was configured. */
import type {
  DataDrivenPropertyValueSpecification,
  ExpressionSpecification,
  LayerSpecification,
  StyleSpecification,
} from "maplibre-gl";
import { type Palette, rampStops } from "./palette.ts";

/** The sources that the map fills. */
export const sources = { grid: "grid", outlines: "outlines", heat: "heat" } as const;

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

/** How far the ground reaches beyond a building, in metres at middle latitudes. */
const groundMetres = 48;

/** A width in metres: it doubles with each zoom. */
function metresWide(metres: number, extraPixels = 0): DataDrivenPropertyValueSpecification<number> {
  const metresPerPixel = 78_271.5 * 0.65;
  const at = (zoom: number) => [zoom, (metres / metresPerPixel) * 2 ** zoom + extraPixels] as const;
  return ["interpolate", ["exponential", 2], ["zoom"], ...at(8), ...at(22)];
}

/** Wide lines around all buildings run together into the ground that they stand on. */
function groundLayers({ campus, shore, grid }: Palette): readonly LayerSpecification[] {
  const around = (id: string, colour: string, extraPixels: number): LayerSpecification => ({
    id,
    type: "line",
    source: sources.outlines,
    layout: { "line-join": "round", "line-cap": "round" },
    paint: { "line-color": colour, "line-width": metresWide(groundMetres * 2, extraPixels) },
  });
  return [
    around("ground-edge", shore, 2),
    around("ground", campus, 0),
    { id: "ground-within", type: "fill", source: sources.outlines, paint: { "fill-color": campus } },
    { id: "grid", type: "line", source: sources.grid, paint: { "line-color": grid, "line-width": 1 } },
  ];
}

/** Heat grows fast at first, so that a building with one bad issue is seen beside one with many. */
function heatLayer({ heat }: Palette): LayerSpecification {
  return {
    id: "heat",
    type: "heatmap",
    source: sources.heat,
    paint: {
      "heatmap-weight": [
        "interpolate",
        ["linear"],
        ["get", "weight"],
        0,
        0,
        8,
        0.24,
        25,
        0.5,
        60,
        0.8,
        110,
        1,
      ],
      "heatmap-intensity": ["interpolate", ["linear"], ["zoom"], 12, 0.8, 18, 1.3],
      "heatmap-radius": ["interpolate", ["exponential", 1.75], ["zoom"], 11, 14, 14, 64, 16, 170, 19, 720],
      "heatmap-color": heatColour(heat),
      "heatmap-opacity": 0.9,
    },
  };
}

function heatColour(heat: Palette["heat"]): ExpressionSpecification {
  const stops = [0, 0.18, 0.5, 1].flatMap((density, index) => [density, heat[index] ?? heat[0]]);
  return ["interpolate", ["linear"], ["heatmap-density"], ...stops] as unknown as ExpressionSpecification;
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
        "line-width": ["interpolate", ["linear"], ["zoom"], 12, edgeWidth(0.3), 15, edgeWidth(1)],
      },
    },
  ];
}

const edgeWidth = (pixels: number): ExpressionSpecification => [
  "case",
  isChosen,
  3.5,
  isPointedAt,
  2.2,
  pixels,
];

function colourByWeight({ ramp }: Palette): DataDrivenPropertyValueSpecification<string> {
  const stops = rampStops.flatMap((stop, index) => [stop, ramp[index] ?? ramp[0]]);
  return ["interpolate", ["linear"], weight, ...stops] as unknown as ExpressionSpecification;
}

/**
 * From afar only what is heavy is named, from near everything. Without a `glyphs` address in the style, MapLibre draws
 * letters with the fonts that are there.
 */
function nameLayer({ text, halo }: Palette, scale: number): LayerSpecification {
  const weightOf: ExpressionSpecification = ["get", "weight"];
  return {
    id: "building-name",
    type: "symbol",
    source: sources.heat,
    filter: [
      "step",
      ["zoom"],
      [">=", weightOf, 25],
      14,
      [">=", weightOf, 8],
      15,
      [">", weightOf, 0],
      16,
      true,
    ],
    layout: {
      "text-field": [
        "format",
        ["get", "name"],
        {},
        ["case", [">", weightOf, 0], ["concat", "\n", ["to-string", weightOf]], ""],
        { "font-scale": 1.15 },
      ],
      "text-font": ["Figtree Variable", "Noto Sans", "sans-serif"],
      "text-size": ["interpolate", ["linear"], ["zoom"], 13, 12 * scale, 18, 16 * scale],
      "text-max-width": 8,
      "text-padding": 6,
      // Beside a building that is small, on one that is large.
      "text-variable-anchor": [
        "step",
        ["zoom"],
        ["literal", ["top", "bottom"]],
        15,
        ["literal", ["center", "top", "bottom"]],
      ],
      "text-radial-offset": 0.9,
      "symbol-sort-key": ["-", weightOf],
    },
    paint: { "text-color": text, "text-halo-color": halo, "text-halo-width": 1.8 },
  };
}
