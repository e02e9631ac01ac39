/** What the live map of a page has drawn, asked of MapLibre itself. */
import type { Page } from "playwright-core";

const map = `document.querySelector(".map-canvas").map`;
const hasBuildings = `${map}?.getLayer("building-fill")`;
const drawnIds = `${map}.queryRenderedFeatures({ layers: ["building-fill"] }).map(({ properties }) => properties.id)`;

export interface HeatPoint {
  readonly id: string;
  readonly weight: number;
  readonly at: readonly [lng: number, lat: number];
}

/** Resolves when the map rests and all that it was told is drawn. */
export async function whenDrawn(page: Page): Promise<void> {
  await page.locator(".map-canvas canvas").waitFor();
  await page.waitForFunction(
    `${hasBuildings} && ${map}.loaded() && !${map}.isMoving() && ${drawnIds}.length > 0`,
  );
}

/** The ids of the buildings that can be seen; none before there is a map. */
export async function drawnBuildings(page: Page): Promise<ReadonlySet<string>> {
  return new Set(await page.evaluate<readonly string[]>(`${hasBuildings} ? ${drawnIds} : []`));
}

/** What the heat is made of: the buildings that weigh anything, and where. */
export function heatPoints(page: Page): Promise<readonly HeatPoint[]> {
  return page.evaluate<readonly HeatPoint[]>(`${map}.getSource("heat").getData().then(({ features }) =>
    features.filter(({ properties }) => properties.weight > 0)
      .map(({ properties: { id, weight }, geometry }) => ({ id, weight, at: geometry.coordinates })))`);
}

/** A point of the page at which a press hits the building; undefined where nothing of it can be seen. */
export async function pointOn(
  page: Page,
  id: string,
): Promise<{ readonly x: number; readonly y: number } | undefined> {
  const found = await page.evaluate<{ readonly x: number; readonly y: number } | null>(`(() => {
    const { left, top, width, height } = document.querySelector(".map-canvas").getBoundingClientRect();
    for (let y = 70; y < height - 90; y += 3)
      for (let x = 4; x < width - 4; x += 3)
        if (${map}.queryRenderedFeatures([x, y], { layers: ["building-fill"] })[0]?.properties.id === ${JSON.stringify(id)})
          return { x: left + x, y: top + y };
    return null;
  })()`);
  return found ?? undefined;
}

/** Resolves when a building pulses, to how much it weighs by then. */
export function whenPulsing(page: Page, id: string): Promise<number> {
  return page.evaluate<number>(`new Promise((resolve) => {
    const look = () => {
      const { pulse = 0, weight } = ${map}.getFeatureState({ source: "outlines", id: ${JSON.stringify(id)} });
      if (pulse > 0.2) resolve(weight);
      else requestAnimationFrame(look);
    };
    look();
  })`);
}
