/** What a failed run says: the plan, and what went on around the first thing that was wrong. */
import type { Client } from "./client.ts";
import type { Struck } from "./faults.ts";
import { describePlan, laneNames, type Plan } from "./plan.ts";
import type { Problem } from "./problem.ts";

/** What is wrong, and with whom. */
export interface Finding {
  readonly client: Client;
  readonly problem: Problem;
}

export interface FailureOptions {
  readonly plan: Plan;
  readonly struck: readonly Struck[];
  readonly findings: readonly Finding[];
  /** When the run began, in milliseconds since 1970. */
  readonly began: number;
}

const mostFindings = 40;

/** How much around the first thing that was wrong is told. */
const around = { beforeMs: 20_000, afterMs: 5_000 } as const;

export function describeFailure({ plan, struck, findings, began }: FailureOptions): string {
  const sorted = findings.toSorted((a, b) => a.problem.at - b.problem.at);
  const [first] = sorted;
  const second = (at: number) => `${((at - began) / 1_000).toFixed(1)} s`;
  const lines = sorted.slice(0, mostFindings).map(({ client, problem }) => {
    return `  ${second(problem.at)}  ${describeClient(client)}: ${problem.kind}: ${problem.what}`;
  });
  const done = Object.fromEntries(
    laneNames.map((lane) => [lane, struck.filter((one) => one.lane === lane).length]),
  ) as Record<(typeof laneNames)[number], number>;
  return [
    `${findings.length} problems, in the order of their time:`,
    ...lines,
    ...(first ? describeContext(first, struck, second) : []),
    "The plan, as far as it was carried out:",
    describePlan(plan, done),
  ].join("\n");
}

function describeContext(
  { client, problem }: Finding,
  struck: readonly Struck[],
  second: (at: number) => string,
): readonly string[] {
  const [from, to] = [problem.at - around.beforeMs, problem.at + around.afterMs];
  const faults = struck.filter((one) => one.from <= to && (one.to ?? Number.POSITIVE_INFINITY) >= from);
  return [
    "Around the first of them these faults went on:",
    ...faults.map((one) => `  ${second(one.from)} to ${one.to ? second(one.to) : "the end"}  ${one.kind}`),
    `and ${describeClient(client)}`,
    ...client.journal.between(from, to).map(({ at, text }) => `  ${second(at)}  ${text}`),
  ];
}

function describeClient({ options }: Client): string {
  return `${options.name} (${options.transport}, ${options.organizationId}, ${options.rooms.join(" + ")})`;
}
