/** The map's colours, which MapLibre needs as values; the same tones as `tokens.css`. */
export interface Palette {
  readonly ground: string;
  readonly campus: string;
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
  ground: "#e6e2d7",
  campus: "#f4f1e8",
  grid: "#dbd6c8",
  edge: "#8d8a7c",
  text: "#17211e",
  halo: "#fbfaf6",
  glow: "#d6274f",
  chosen: "#0a5f51",
  ramp: ["#d9d6ca", "#f1d58a", "#eda350", "#d95b2b", "#a3103f"],
  heat: ["rgba(242,196,94,0)", "rgba(240,180,80,.42)", "rgba(222,96,44,.5)", "rgba(163,16,63,.58)"],
};

export const darkPalette: Palette = {
  ground: "#0b1211",
  campus: "#131d1a",
  grid: "#17231f",
  edge: "#4d5f58",
  text: "#e9eee9",
  halo: "#0b1211",
  glow: "#ff6d8f",
  chosen: "#62d5bb",
  ramp: ["#26332f", "#7d6524", "#b8742a", "#dd5a33", "#ff4f79"],
  heat: ["rgba(120,96,30,0)", "rgba(190,140,40,.34)", "rgba(226,98,48,.46)", "rgba(255,79,121,.58)"],
};

export const paletteOf = (isDark: boolean): Palette => (isDark ? darkPalette : lightPalette);

/** The weights at which the colours of the ramp stand. */
export const rampStops = [0, 8, 25, 60, 110] as const;
