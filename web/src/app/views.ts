/** The views, in the order in which they are offered. */
export const viewNames = ["map", "board", "stats", "wall"] as const;
export type ViewName = (typeof viewNames)[number];
