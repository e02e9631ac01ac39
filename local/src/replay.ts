/** Plays a recorded history through the API: each request becomes an issue, and is resolved when it was closed. */
import { setTimeout as delay } from "node:timers/promises";
import type { Building } from "@faultline/contract";
import type { ApiClient } from "./api-client.ts";
import { placeOn, type ServiceRequest, toIssue } from "./requests.ts";

export interface ReplayOptions {
  readonly api: ApiClient;
  readonly requests: readonly ServiceRequest[];
  readonly buildings: readonly Building[];
  /** How many times faster than it was recorded; Infinity for as fast as the API answers. */
  readonly speed: number;
  /** Requests in flight at the most. Default 4. */
  readonly concurrency?: number;
  /** Told of each step that is done or has failed for good. */
  readonly onStep?: (step: ReplayStep, error?: unknown) => void;
}

export interface ReplayStep {
  readonly kind: "create" | "resolve";
  readonly at: Date;
  readonly request: ServiceRequest;
}

export interface ReplayResult {
  readonly created: number;
  readonly resolved: number;
  /** Steps that the API refused, or that failed however often they were tried. */
  readonly failed: number;
  readonly seconds: number;
}

/** What happened, in the order in which it happened. */
export function stepsOf(requests: readonly ServiceRequest[]): readonly ReplayStep[] {
  return requests
    .flatMap((request): ReplayStep[] => [
      { kind: "create", at: request.createdAt, request },
      ...(request.closedAt ? [{ kind: "resolve" as const, at: request.closedAt, request }] : []),
    ])
    .sort((a, b) => a.at.getTime() - b.at.getTime());
}

/** Plays all steps; a step that fails is counted and the rest goes on. */
export async function replay(options: ReplayOptions): Promise<ReplayResult> {
  const { requests, speed, concurrency = 4, onStep } = options;
  const steps = stepsOf(requests);
  const perform = performer(options);
  const turnOf = pacer(steps[0]?.at.getTime() ?? 0, speed);
  const start = performance.now();
  const counts = { create: 0, resolve: 0, failed: 0 };
  let next = 0;
  const work = async () => {
    for (let step = steps[next++]; step; step = steps[next++]) {
      await turnOf(step);
      try {
        await perform(step);
        counts[step.kind]++;
        onStep?.(step);
      } catch (error) {
        counts.failed++;
        onStep?.(step, error);
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  const seconds = (performance.now() - start) / 1_000;
  return { created: counts.create, resolved: counts.resolve, failed: counts.failed, seconds };
}

/** When each step may start: at its time, and after the step before it, since timers of one moment fire in any order. */
function pacer(originMs: number, speed: number): (step: ReplayStep) => Promise<void> {
  const start = performance.now();
  let last = Promise.resolve();
  return ({ at }) => {
    last = last.then(async () => {
      const wait = start + (at.getTime() - originMs) / speed - performance.now();
      if (wait > 0) await delay(wait);
    });
    return last;
  };
}

/** A resolve waits for its create, which has always been started before it. */
function performer({ api, requests, buildings }: ReplayOptions): (step: ReplayStep) => Promise<unknown> {
  const buildingOf = placeOn(requests, buildings);
  const created = new Map<string, Promise<string>>();
  return ({ kind, request }) => {
    if (kind === "create") {
      const creation = api
        .create(toIssue(request, buildingOf(request)), `replay-${request.id}`)
        .then(({ id }) => id);
      creation.catch(() => {});
      created.set(request.id, creation);
      return creation;
    }
    const creation = created.get(request.id) ?? Promise.reject(new Error(`${request.id} was never created`));
    return creation.then((id) => api.resolve(id));
  };
}
