/** A server of map styles, as an organization with tiles of its own has one. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** A style that covers the world with one colour, from a source of its own. */
export const oneColour = (colour: string) => ({
  version: 8,
  sources: {
    world: {
      type: "geojson",
      data: {
        type: "Polygon",
        coordinates: [
          [
            [-180, -85],
            [180, -85],
            [180, 85],
            [-180, 85],
            [-180, -85],
          ],
        ],
      },
    },
  },
  layers: [{ id: "world", type: "fill", source: "world", paint: { "fill-color": colour } }],
});

/** Serves a style until the test is over, to pages from anywhere; gives its address. */
export async function serveStyle(style: object): Promise<string> {
  const server = createServer((_, response) => {
    response.writeHead(200, { "Content-Type": "application/json", "Access-Control-Allow-Origin": "*" });
    response.end(JSON.stringify(style));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/style.json`;
}
