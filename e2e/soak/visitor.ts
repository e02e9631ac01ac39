/** Somebody who comes, watches for a moment and goes, again and again, each time as another user. */
import { setTimeout as delay } from "node:timers/promises";
import { organizationId, tokenOf } from "../support/backend.ts";
import type { Random } from "../support/random.ts";
import { openLine, Refusal, transports } from "../wire/index.ts";

export interface Visits {
  connects: number;
  /** Of those that ended without a word. */
  cuts: number;
  events: number;
  /** Of the newest event that anybody was told of. */
  position: string | undefined;
  /** What they were refused or troubled by, by how often. */
  readonly troubles: Record<string, number>;
}

const rooms = [
  `org:${organizationId}`,
  `heatmap:${organizationId}`,
  "campus:north",
  "building:library",
] as const;
const cutShare = 0.3;
/** So many go while they still wait for the answer. */
const hastyShare = 0.1;
const resumingShare = 0.3;
const longestStayMs = 150;

/** Visits until `mayGoOn` says no. */
export async function visit(
  port: number,
  random: Random,
  visits: Visits,
  mayGoOn: () => boolean,
): Promise<void> {
  while (mayGoOn()) {
    visits.connects += 1;
    try {
      await visitOnce(port, random, visits);
    } catch (error) {
      const what = error instanceof Refusal ? error.reason : String(error);
      visits.troubles[what] = (visits.troubles[what] ?? 0) + 1;
    }
  }
}

async function visitOnce(port: number, random: Random, visits: Visits): Promise<void> {
  const line = await openLine(random.pick(transports), {
    port,
    token: tokenOf(`visitor-${visits.connects}`),
    rooms: random.shuffle(rooms).slice(0, 1 + random.integer(rooms.length)),
    since: random.chance(resumingShare) ? visits.position : undefined,
    onMessage: (_name, data) => {
      visits.events += 1;
      visits.position = (data as { id?: string }).id ?? visits.position;
    },
  });
  const isHasty = random.chance(hastyShare);
  // Whoever does not wait for the answer has no right to one.
  if (isHasty) line.joined.catch(() => {});
  else await line.joined;
  await delay(random.integer(longestStayMs));
  if (random.chance(cutShare)) {
    visits.cuts += 1;
    line.cut();
  } else line.leave();
  await line.ended;
}
