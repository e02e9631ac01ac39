/** The map's colours, which MapLibre needs as values; the same tones as `tokens.css`. */
export interface Palette {
  readonly ground: string;
  readonly campus: string;
  readonly shore: string;
  readonly grid: string;
  readonly edge: string;
  readonly text: string;
  readonly halo: string;
  readonly glow: string;
  readonly chosen: string;
  /** From calm to severe; a weight's colour lies between two of these. */
  readonly ramp: readonly [string, string, string, string, string];
  /** How dense the heat is, from the edge of a spot to its middle. */
  readonly heat: readonly [string, string, string, string];
}

export const lightPalette: Palette = {
  ground: "#e8e4d9",
  campus: "#f7f5ee",
  shore: "#d3cdbd",
  grid: "rgba(120,112,88,.09)",
  edge: "#9a9686",
  text: "#17211e",
  halo: "#fbfaf6",
  glow: "#d6274f",
  chosen: "#0a5f51",
  ramp: ["#dcd8cc", "#f3d37e", "#ee9f45", "#d8532a", "#a3103f"],
  heat: ["rgba(246,204,104,0)", "rgba(246,196,92,.38)", "rgba(230,110,52,.5)", "rgba(184,24,66,.62)"],
};

export const darkPalette: Palette = {
  ground: "#0a100f",
  campus: "#141f1c",
  shore: "#26362f",
  grid: "rgba(150,190,175,.055)",
  edge: "#5b6f67",
  text: "#e9eee9",
  halo: "#0b1211",
  glow: "#ff6d8f",
  chosen: "#62d5bb",
  ramp: ["#2b3a35", "#94742a", "#cd7f2c", "#ec5f36", "#ff4f79"],
  heat: ["rgba(150,110,30,0)", "rgba(196,140,40,.32)", "rgba(236,98,48,.5)", "rgba(255,70,112,.66)"],
};

export const paletteOf = (isDark: boolean): Palette => (isDark ? darkPalette : lightPalette);

/** The weights at which the colours of the ramp stand. */
export const rampStops = [0, 8, 25, 60, 110] as const;
