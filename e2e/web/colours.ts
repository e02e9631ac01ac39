/** What a page shows, as a person sees it: its pixels. */
import type { Page } from "playwright-core";

export interface Colour {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The colours at points of the page, in the order of the points. */
export async function coloursAt(page: Page, points: readonly Point[]): Promise<readonly Colour[]> {
  const picture = await page.screenshot();
  // Runs in the page, which can read a picture.
  const run = `(async () => {
    const image = new Image();
    image.src = "data:image/png;base64,${picture.toString("base64")}";
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
    canvas.drawImage(image, 0, 0);
    return ${JSON.stringify(points)}.map(({ x, y }) => {
      const [red, green, blue] = canvas.getImageData(x, y, 1, 1).data;
      return { red, green, blue };
    });
  })()`;
  return page.evaluate<readonly Colour[]>(run);
}
