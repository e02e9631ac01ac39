/** `npm run bench -- [--full] [--only NAMES] [--clients N] [--rounds N] [--minutes N]` */
import { join } from "node:path";
import { rootDir } from "@faultline/local/emulators";
import { startGround } from "./ground.ts";
import { type Options, parseOptions } from "./options.ts";
import type { Section } from "./results/findings.ts";
import { describeMachine } from "./results/machine.ts";
import { markdownOf } from "./results/markdown.ts";
import { writeResults } from "./results/write.ts";
import { scenarios } from "./scenarios/index.ts";
import type { Context, Scenario } from "./scenarios/scenario.ts";

const say = (line: string) => process.stdout.write(`${line}\n`);

function readOptions(): Options {
  try {
    const options = parseOptions(process.argv.slice(2));
    const unknown = options.only?.find((name) => !scenarios.some((scenario) => scenario.name === name));
    if (unknown === undefined) return options;
    throw new Error(`--only ${unknown}: one of ${scenarios.map(({ name }) => name).join(", ")}`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exit(2);
  }
}

/** Why a scenario is left out; undefined when it is not. */
function reasonAgainst(
  { name, isLong = false }: Scenario,
  options: Options,
  startedAt: number,
): string | undefined {
  if (options.only || options.isFull) return undefined;
  if (isLong) return "takes long: `--full`";
  const minutes = (performance.now() - startedAt) / 60_000;
  return minutes > options.minutes
    ? `the ${options.minutes} minutes were over: \`--only ${name}\``
    : undefined;
}

const options = readOptions();
const chosen = scenarios.filter(({ name }) => options.only?.includes(name) ?? true);
const machine = describeMachine();
const startedAt = performance.now();
const ground = await startGround();
const sections: Section[] = [];
const skipped: string[] = [];
let hasFailed = false;
try {
  for (const scenario of chosen) {
    const { name, about } = scenario;
    const reason = reasonAgainst(scenario, options, startedAt);
    if (reason !== undefined) {
      skipped.push(`${name}: ${reason}`);
      continue;
    }
    const context: Context = { ground, options, log: (line) => say(`  ${line}`) };
    say(`${name} ...`);
    try {
      sections.push({ name, about, ...(await scenario.run(context)) });
    } catch (error) {
      hasFailed = true;
      skipped.push(`${name}: ${error instanceof Error ? error.message : error}`);
    }
  }
} finally {
  await ground.stop();
}
const results = { machine, sections, skipped };
const paths = await writeResults(join(rootDir, "bench", "results"), results);
say(`\n${markdownOf(results)}\n${paths.join("\n")}`);
process.exit(hasFailed ? 1 : 0);
