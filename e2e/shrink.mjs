// Makes a small WebP of a screenshot, with the browser that took it: `node e2e/shrink.mjs FROM.png TO.webp [WIDTH]`.
import { readFile, writeFile } from "node:fs/promises";
import { chromium } from "playwright-core";

const [from, to, width = "1200"] = process.argv.slice(2);
if (!from || !to) throw new Error("node e2e/shrink.mjs FROM.png TO.webp [WIDTH]");
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
try {
  const page = await browser.newPage();
  const source = `data:image/png;base64,${(await readFile(from)).toString("base64")}`;
  const shrunk = await page.evaluate(`(async () => {
    const image = Object.assign(new Image(), { src: ${JSON.stringify(source)} });
    await image.decode();
    const width = Math.min(${Number(width)}, image.width);
    const canvas = new OffscreenCanvas(width, Math.round((image.height * width) / image.width));
    const context = canvas.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await canvas.convertToBlob({ type: "image/webp", quality: 0.82 });
    return [...new Uint8Array(await blob.arrayBuffer())];
  })()`);
  await writeFile(to, Buffer.from(shrunk));
} finally {
  await browser.close();
}
