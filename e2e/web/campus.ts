/** A campus with a day's worth of issues on it, made through the API; whatever they say is made up. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Building, Category, Issue, Severity } from "@faultline/contract";
import { createApiClient } from "@faultline/local/api-client";
import { placeOn, readRequests } from "@faultline/local/requests";
import { signInAs } from "@faultline/local/sign-in";
import { sharedData } from "@faultline/local/testing/data";
import { type Door, openRest, request } from "../support/doors.ts";
import { runCommand, type Stack } from "../support/stack.ts";

export interface Campus {
  readonly organizationId: string;
  /** Who may do everything there. */
  readonly email: string;
  readonly buildings: readonly Building[];
  /** The building with most reports. */
  readonly busiest: Building;
}

const buildingsFile = sharedData("ubcv_buildings.geojson");
const requestsFile = sharedData("service_requests.csv");

/** Why the demo organization has to stand in for the real campus; undefined where the campus's data is there. */
export const whyNoRealCampus = [buildingsFile, requestsFile].every(existsSync)
  ? undefined
  : `${buildingsFile} or ${requestsFile} is not there: the demo organization stands in`;

const reportCount = 150;

/** The real campus with reports where a city's real ones were; without its data the demo organization as it is. */
export async function openCampus(stack: Stack): Promise<Campus> {
  if (whyNoRealCampus !== undefined) return campusOf(stack, "riverside");
  const options = ["--org", "ubc", "--campus-by", "NEIGHBOURHOOD", "--id", "BLDG_ID", "--name", "PLACENAME"];
  const { status, output } = await runCommand(stack, "import", [...options, buildingsFile]);
  if (status !== 0) throw new Error(`the campus was not imported: ${output}`);
  const email = "admin@ubc.test";
  await reportAll(stack, email, await buildingsOf(stack, email));
  return campusOf(stack, "ubc");
}

async function campusOf(stack: Stack, organizationId: string): Promise<Campus> {
  const email = `admin@${organizationId}.test`;
  const buildings = await buildingsOf(stack, email);
  const token = await signInAs(email, stack.addresses)();
  const { body } = await request(stack, "GET", "/heatmap", { token });
  const cells = body.cells as readonly { readonly buildingId: string; readonly weight: number }[];
  const heaviest = cells.toSorted((a, b) => b.weight - a.weight)[0]?.buildingId;
  const busiest = buildings.find(({ id }) => id === heaviest);
  if (!busiest) throw new Error(`nothing is reported in ${organizationId}`);
  return { organizationId, email, buildings, busiest };
}

async function buildingsOf(stack: Stack, email: string): Promise<readonly Building[]> {
  const { body } = await request(stack, "GET", "/buildings", {
    token: await signInAs(email, stack.addresses)(),
  });
  return body.items;
}

/** What people report; their number has no factor in common with the ways below, so that each goes each way. */
const reports: readonly (readonly [title: string, Category, Severity])[] = [
  ["Tap drips in the washroom", "plumbing", "low"],
  ["Radiator stays cold", "hvac", "medium"],
  ["Corridor light flickers", "electrical", "medium"],
  ["Water under the sink", "plumbing", "high"],
  ["Bins are overflowing", "cleaning", "low"],
  ["No Wi-Fi in the seminar room", "network", "medium"],
  ["Fire door does not close", "safety", "high"],
  ["Lecture hall is too warm", "hvac", "medium"],
  ["Lift stops between floors", "other", "high"],
  ["Graffiti beside the entrance", "cleaning", "low"],
  ["Emergency light is out", "safety", "medium"],
  ["Window does not shut", "structural", "low"],
  ["Ceiling leaks onto the stairs", "plumbing", "critical"],
  ["Bike rack is bent", "grounds", "low"],
  ["Projector has no power", "electrical", "low"],
  ["Ventilation hums loudly", "hvac", "low"],
  ["Handrail is loose", "safety", "high"],
  ["Crack above the door", "structural", "medium"],
  ["Access point is offline", "network", "medium"],
  ["Drain is blocked", "plumbing", "medium"],
  ["Socket sparks when used", "electrical", "critical"],
  ["Path is icy", "grounds", "high"],
  ["Spill in the corridor", "cleaning", "low"],
  ["Ceiling tile hangs down", "structural", "medium"],
  ["Sign points the wrong way", "other", "low"],
];

/** Some stay open, some are worked on, wait or are done: each step is a request of its own. */
const ways: readonly ((door: Door, issue: Issue) => Promise<unknown>)[] = [
  async () => {},
  (door, { id, reporterId }) => door.assign(id, reporterId),
  (door, { id }) => door.update(id, { status: "in_progress" }),
  async () => {},
  (door, { id }) => door.resolve(id),
  (door, { id }) => door.update(id, { status: "on_hold" }),
];

/** Where the first of the recorded requests were, several at a time. */
async function reportAll(stack: Stack, email: string, buildings: readonly Building[]): Promise<void> {
  const door = openRest(stack, email);
  const api = createApiClient({ api: stack.addresses.api, token: signInAs(email, stack.addresses) });
  const recorded = readRequests(await readFile(requestsFile, "utf8")).requests;
  const buildingOf = placeOn(recorded, buildings);
  const queue = recorded.slice(0, reportCount).entries();
  const work = async () => {
    for (const [index, place] of queue) {
      const [title, category, severity] = reports[index % reports.length] as (typeof reports)[number];
      const description = "Made-up example data.";
      const buildingId = buildingOf(place).id;
      const report = { buildingId, title, description, category, severity };
      const issue = await api.create(report, `campus-${index}`);
      await ways[index % ways.length]?.(door, issue);
    }
  };
  await Promise.all(Array.from({ length: 4 }, work));
}
