import type { StyleSpecification } from "maplibre-gl";

/** How long a background may take; the map is there before it. */
const patienceMs = 10_000;

/** The style at an address; undefined when it can't be had. Whether it is a proper style only the map can tell. */
export async function fetchStyle(url: string): Promise<StyleSpecification | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(patienceMs) });
    return response.ok ? ((await response.json()) as StyleSpecification) : undefined;
  } catch {
    return undefined;
  }
}
