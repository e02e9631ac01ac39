/** `npm run chaos -- --minutes N --seed S`: the long form. */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { formatFigures } from "./figures.ts";
import { type RunReport, runChaos } from "./run.ts";

const usage = "npm run chaos -- [--minutes N] [--seed S] [--clients N] [--writes-per-second N] [--out FILE]";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "3" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    clients: { type: "string", default: "48" },
    "writes-per-second": { type: "string", default: "25" },
    out: { type: "string" },
  },
});

function numberOf(name: Exclude<keyof typeof values, "out">): number {
  const number = Number(values[name]);
  if (number > 0) return number;
  console.error(`--${name} must be a number above 0, not ${values[name]}.\n${usage}`);
  process.exit(2);
}

const [minutes, seed] = [numberOf("minutes"), numberOf("seed")];
const [clients, writesPerSecond] = [numberOf("clients"), numberOf("writes-per-second")];
const again = `npm run chaos -- --minutes ${minutes} --seed ${seed}`;
const begin = Date.now();
const log = (line: string) =>
  console.log(`${((Date.now() - begin) / 1_000).toFixed(1).padStart(7)} s  ${line}`);

/** The first Ctrl-C stops everything in good order, the second one at once. */
const interrupting = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (interrupting.signal.aborted) process.exit(1);
    log("stopping; once more stops at once");
    interrupting.abort(new Error("interrupted"));
  });
}

/** The shortest lane takes over ten seconds for a cycle, so there are always more than the time needs. */
const cycles = Math.ceil(minutes * 6);

function conclude({ figures, misses, failure }: RunReport): number {
  console.log(formatFigures(figures));
  for (const kind of misses) console.log(`${kind} found nothing to strike.`);
  if (failure === undefined) return 0;
  console.error(`${failure}\n${again} tries it again.`);
  return 1;
}

async function main(): Promise<number> {
  log(`seed ${seed}, ${minutes} minutes`);
  const report = await runChaos({
    seed,
    cycles,
    clients,
    writesPerSecond,
    timeUp: AbortSignal.timeout(minutes * 60_000),
    interrupt: interrupting.signal,
    log,
  });
  if (values.out !== undefined) await writeFile(values.out, `${JSON.stringify(report.figures, null, 2)}\n`);
  return conclude(report);
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(error, `\n${again} tries it again.`);
  return 1;
});
// Nothing that was started may keep the process, and with it a CI job, alive.
process.exit();
