/** Changes of issues, made through the API as people make them. */
import { setTimeout as delay } from "node:timers/promises";
import type { Api } from "@faultline/client";
import type { Building, Category, Issue, Severity } from "@faultline/contract";
import { type Summary, summarize, tenths } from "./figures.ts";

export interface Burst {
  readonly perSecond: number;
  readonly seconds: number;
  /** The issues that are changed, one after the other, each once: at least as many as there are changes. */
  readonly targets: readonly Issue[];
  readonly buildings: readonly Building[];
  /** What the titles of new issues begin with. */
  readonly prefix: string;
}

export interface BurstResult {
  readonly changes: number;
  /** Of the changes that were answered. */
  readonly perSecond: number;
  readonly answersMs: Summary;
  readonly failures: readonly string[];
}

const severities: readonly Severity[] = ["low", "medium", "high", "medium", "low", "critical"];
const categories: readonly Category[] = ["plumbing", "electrical", "hvac", "cleaning", "other"];
/** More are not under way at once: a stack that can't take the pace is not buried, and makes as many as it can. */
const mostUnderWay = 32;

/** Starts the changes at an even pace, until the time is over. */
export async function changeSteadily(api: Api, burst: Burst): Promise<BurstResult> {
  const { perSecond, seconds } = burst;
  const answersMs: number[] = [];
  const failures: string[] = [];
  const begin = performance.now();
  let next = 0;
  const work = async () => {
    for (let number = next++; number < perSecond * seconds; number = next++) {
      await delay(begin + (number * 1_000) / perSecond - performance.now());
      const sent = performance.now();
      if (sent - begin > seconds * 1_000) return;
      await change(api, burst, number).then(
        () => answersMs.push(performance.now() - sent),
        (error: unknown) => failures.push(String(error)),
      );
    }
  };
  await Promise.all(Array.from({ length: mostUnderWay }, work));
  const took = (performance.now() - begin) / 1_000;
  const changes = answersMs.length + failures.length;
  return { changes, perSecond: tenths(answersMs.length / took), answersMs: summarize(answersMs), failures };
}

/** Of ten changes, five are starts of work, two other severities, and one each a resolution, a comment and a report. */
function change(api: Api, { targets, buildings, prefix }: Burst, number: number): Promise<Issue> {
  const target = targets[number];
  if (!target) throw new Error(`there are ${targets.length} issues to change, not ${number + 1}`);
  const { id, severity } = target;
  const kind = number % 10;
  if (kind === 0) return report(api, buildings, prefix, number);
  if (kind === 1) return api.issues.comment(id, "Looked at it.");
  if (kind === 2) return api.issues.move(id, "resolve", "Done.");
  if (kind <= 4) return api.issues.update(id, { severity: severity === "low" ? "high" : "low" });
  return api.issues.move(id, "start");
}

function report(api: Api, buildings: readonly Building[], prefix: string, number: number): Promise<Issue> {
  return api.issues.create({
    buildingId: pick(buildings, number).id,
    title: `${prefix} ${String(number).padStart(4, "0")}`,
    description: "Made-up example data, too.",
    category: pick(categories, number),
    severity: pick(severities, number),
  });
}

function pick<T>(from: readonly T[], number: number): T {
  const picked = from[number % from.length];
  if (picked === undefined) throw new Error("there is nothing to pick from");
  return picked;
}
