/** `npm run bench:page`: measures the dashboard in real browsers on the real stack. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { rootDir } from "@faultline/local/emulators";
import { formatPage } from "./report.ts";
import { measurePage } from "./run.ts";

const usage =
  "npm run bench:page -- [--issues N] [--clicks N] [--per-second N] [--seconds N] [--out FOLDER] [--profile FOLDER]";

const { values } = parseArgs({
  options: {
    issues: { type: "string", default: "5000" },
    clicks: { type: "string", default: "100" },
    "per-second": { type: "string", default: "50" },
    seconds: { type: "string", default: "20" },
    out: { type: "string", default: join(rootDir, "bench", "results") },
    profile: { type: "string" },
  },
});

function numberOf(name: "issues" | "clicks" | "per-second" | "seconds"): number {
  const number = Number(values[name]);
  if (Number.isInteger(number) && number > 0) return number;
  console.error(`--${name} must be a whole number above 0, not ${values[name]}.\n${usage}`);
  process.exit(2);
}

const result = await measurePage({
  issues: numberOf("issues"),
  clicks: numberOf("clicks"),
  perSecond: numberOf("per-second"),
  seconds: numberOf("seconds"),
  views: ["board", "map", "stats"],
  profileDir: values.profile,
  log: (line) => console.error(line),
});
await mkdir(values.out, { recursive: true });
await writeFile(join(values.out, "page.json"), `${JSON.stringify(result, null, 2)}\n`);
await writeFile(join(values.out, "page.md"), formatPage(result));
console.log(formatPage(result));
