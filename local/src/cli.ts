/** The local commands; `bin/run.mjs` prepares what they need and loads this. */
import { FaultlineError } from "@faultline/contract";
import { importCommand } from "./commands/import.ts";
import { replayCommand } from "./commands/replay.ts";
import { start } from "./commands/start.ts";
import { watchCommand } from "./commands/watch.ts";
import { UsageError } from "./usage.ts";

const commands: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  start,
  import: importCommand,
  replay: replayCommand,
  watch: watchCommand,
};

async function main(): Promise<void> {
  const [name = "", ...args] = process.argv.slice(2);
  const command = commands[name];
  if (!command) throw new UsageError(`One of: ${Object.keys(commands).join(", ")}.`);
  await command(args);
}

try {
  await main();
} catch (error) {
  const isExpected = error instanceof UsageError || error instanceof FaultlineError || isArgumentError(error);
  console.error(isExpected ? (error as Error).message : error);
  process.exitCode = 1;
}

/** What `parseArgs` throws for an option it does not know. */
function isArgumentError(error: unknown): boolean {
  return error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
}
