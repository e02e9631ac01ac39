/** The addresses of the views. */
import type { ViewName } from "./views.ts";

export const routes = {
  map: (buildingId?: string) => (buildingId === undefined ? "/map" : `/map/${buildingId}`),
  board: (issueId?: string) => (issueId === undefined ? "/board" : `/board/${issueId}`),
  stats: () => "/stats",
  wall: () => "/wall",
} as const satisfies Record<ViewName, (id?: string) => string>;
