/** `npm run replay`: plays recorded service requests through the API, with progress bars. */
import { parseArgs } from "node:util";
import type { Building } from "@faultline/contract";
import { MultiBar, Presets } from "cli-progress";
import { createApiClient } from "../api-client.ts";
import { type ReplayResult, replay } from "../replay.ts";
import { readRequests, type ServiceRequest } from "../requests.ts";
import { addressesOf, readSettings } from "../settings.ts";
import { signInAs } from "../sign-in.ts";
import { readInput, UsageError } from "../usage.ts";

const usage = `npm run replay -- --org ORG --speed N FILE.csv
  --speed N        N times as fast as recorded, or "max"
  --limit N        only the first N requests
  --concurrency N  requests in flight at the most (default 4)
  --as EMAIL       who reports and resolves (default admin@ORG.test)`;

/** Replays and prints figures; exit status 1 when a row was refused or a step failed. */
export async function replayCommand(args: readonly string[]): Promise<void> {
  const { file, org, email, speed, limit, concurrency } = readArguments(args);
  const { requests: all, problems } = readRequests(await readInput(file));
  for (const problem of problems) console.error(problem);
  const requests = all.slice(0, limit);
  const addresses = addressesOf(readSettings());
  const token = signInAs(email, addresses);
  // Whoever can't sign in learns it now, not after every request was tried for long.
  await token();
  const latencies: number[] = [];
  const api = createApiClient({
    api: process.env.FAULTLINE_API ?? addresses.api,
    token,
    onAnswer: (milliseconds) => latencies.push(milliseconds),
  });
  const { items: buildings } = await api.get<{ items: Building[] }>("/buildings");
  if (buildings.length === 0)
    throw new UsageError(`${org} has no buildings; import some first (npm run import).`);
  const bars = showProgress(requests);
  const result = await replay({ api, requests, buildings, speed, concurrency, onStep: bars.onStep });
  bars.stop();
  report(result, latencies, problems.length);
  if (problems.length > 0 || result.failed > 0) process.exitCode = 1;
}

function readArguments(args: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      org: { type: "string" },
      speed: { type: "string" },
      limit: { type: "string" },
      concurrency: { type: "string", default: "4" },
      as: { type: "string" },
    },
  });
  const [file] = positionals;
  const { org, as } = values;
  if (!file || !org || !values.speed) throw new UsageError(usage);
  return {
    file,
    org,
    email: as ?? `admin@${org}.test`.toLowerCase(),
    speed: values.speed === "max" ? Number.POSITIVE_INFINITY : positive("--speed", values.speed),
    limit: values.limit === undefined ? undefined : wholeNumber("--limit", values.limit),
    concurrency: wholeNumber("--concurrency", values.concurrency),
  };
}

function positive(option: string, text: string): number {
  const number = Number(text);
  if (!(number > 0) || !Number.isFinite(number))
    throw new UsageError(`${option}: must be a number above 0.\n${usage}`);
  return number;
}

function wholeNumber(option: string, text: string): number {
  const number = positive(option, text);
  if (!Number.isInteger(number)) throw new UsageError(`${option}: must be a whole number.\n${usage}`);
  return number;
}

function showProgress(requests: readonly ServiceRequest[]) {
  const format = "{name} {bar} {value}/{total} | {failed} failed | {eta_formatted} to go";
  const multi = new MultiBar(
    { format, noTTYOutput: true, notTTYSchedule: 5_000, hideCursor: true },
    Presets.shades_classic,
  );
  const bar = (name: string, total: number) => multi.create(total, 0, { name, failed: 0 });
  const bars = {
    create: bar("created ", requests.length),
    resolve: bar("resolved", requests.filter(({ closedAt }) => closedAt).length),
  };
  const failed = { create: 0, resolve: 0 };
  return {
    onStep(step: { readonly kind: keyof typeof bars }, error?: unknown) {
      if (error !== undefined) {
        failed[step.kind]++;
        multi.log(`${step.kind}: ${error instanceof Error ? error.message : String(error)}\n`);
      }
      bars[step.kind].increment(1, { failed: failed[step.kind] });
    },
    stop: () => multi.stop(),
  };
}

function report(
  { created, resolved, failed, seconds }: ReplayResult,
  latencies: number[],
  refusedRows: number,
): void {
  const sorted = latencies.sort((a, b) => a - b);
  const percentile = (share: number) =>
    `${(sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(0)} ms`;
  console.log(
    [
      `${created} created, ${resolved} resolved, ${failed} failed, ${refusedRows} rows refused`,
      `${seconds.toFixed(1)} s, ${((created + resolved) / seconds).toFixed(1)} changes per second`,
      `API answers: p50 ${percentile(0.5)}, p99 ${percentile(0.99)}`,
    ].join("\n"),
  );
}
