/** Reads from Firestore: what clients fetch, and what is true at the end. */
import {
  type Activity,
  formatRoom,
  fromDocument,
  type HeatCell,
  type Issue,
  paths,
  type Room,
} from "@faultline/contract";
import type { EmbeddedFirestore } from "@faultline/local/firestore";
import type { Firestore } from "firebase-admin/firestore";
import { digestOf } from "./digest.ts";
import { type OrganizationId, organizations } from "./organization.ts";
import type { Fetch, Known } from "./view.ts";

/** Everything that is true of an organization, once nobody writes any more. */
export interface Truth {
  /** Of every issue that ever was, by id. */
  readonly histories: ReadonlyMap<string, History>;
  readonly cells: readonly HeatCell[];
}

export interface History {
  /** Undefined when it has been deleted. */
  readonly issue: Known | undefined;
  readonly rooms: readonly string[];
  /** Its events, oldest first. */
  readonly told: readonly Told[];
}

/** One event of an issue's history. */
export interface Told {
  readonly version: number;
  readonly type: string;
}

async function read<T>(firestore: Firestore, path: string): Promise<readonly T[]> {
  const { docs } = await firestore.collection(path).get();
  return docs.map((document) => fromDocument(document.data()) as T);
}

/** A client's way to read: the issues of its rooms, as the API's list gives them. */
export type Fetcher = (organizationId: OrganizationId, rooms: readonly string[]) => ReturnType<Fetch>;

interface Listed {
  readonly id: string;
  readonly known: Known;
  readonly rooms: readonly string[];
}

/** Those who ask while a read is under way share the next one, which begins after they asked. */
export function createFetcher(firestore: Firestore): Fetcher {
  const running = new Map<OrganizationId, Promise<unknown>>();
  const next = new Map<OrganizationId, Promise<readonly Listed[]>>();
  const listAll = async (id: OrganizationId) => (await read<Issue>(firestore, paths.issues(id))).map(listed);
  const list = (id: OrganizationId) => {
    const planned = next.get(id);
    if (planned) return planned;
    const begin = async () => {
      await running.get(id)?.catch(() => {});
      next.delete(id);
      const reading = listAll(id);
      running.set(id, reading);
      return reading;
    };
    const reading = begin();
    next.set(id, reading);
    return reading;
  };
  return async (organizationId, rooms) => {
    const all = await list(organizationId);
    const shown = all.filter((one) => one.rooms.some((room) => rooms.includes(room)));
    return new Map(shown.map(({ id, known }) => [id, known]));
  };
}

function listed(issue: Issue): Listed {
  return { id: issue.id, known: knownOf(issue), rooms: roomsOfIssue(issue) };
}

function knownOf(issue: Issue): Known {
  return { version: issue.version, digest: digestOf(issue) };
}

function roomsOfIssue({ organizationId, campusId, buildingId }: Issue): readonly string[] {
  const rooms: readonly Room[] = [
    { kind: "org", id: organizationId },
    { kind: "campus", id: campusId },
    { kind: "building", id: buildingId },
  ];
  return rooms.map(formatRoom);
}

export interface Chronicle {
  /** What is true by now, by organization. */
  read(): Promise<ReadonlyMap<OrganizationId, Truth>>;
}

/** Remembers the id of every issue that is written from now on, also of those that are deleted. */
export function keepChronicle(
  embedded: Pick<EmbeddedFirestore, "onChange">,
  firestore: Firestore,
): Chronicle {
  const ids = new Map(organizations.map((id) => [id as string, new Set<string>()]));
  embedded.onChange(({ path }) => {
    const [, organizationId = "", collection, id = "", ...rest] = path.split("/");
    if (collection === "issues" && rest.length === 0) ids.get(organizationId)?.add(id);
  });
  const readTruth = async (organizationId: OrganizationId): Promise<Truth> => {
    const issues = await read<Issue>(firestore, paths.issues(organizationId));
    const cells = await read<HeatCell>(firestore, paths.heat(organizationId));
    const current = new Map(issues.map((issue) => [issue.id, knownOf(issue)]));
    const histories = new Map<string, History>();
    for (const id of ids.get(organizationId) ?? []) {
      const history = await readHistory(firestore, organizationId, id);
      histories.set(id, { ...history, issue: current.get(id) });
    }
    return { histories, cells };
  };
  return {
    async read() {
      return new Map(await Promise.all(organizations.map(async (id) => [id, await readTruth(id)] as const)));
    },
  };
}

async function readHistory(
  firestore: Firestore,
  organizationId: OrganizationId,
  id: string,
): Promise<Omit<History, "issue">> {
  const entries = await read<Activity>(firestore, paths.activity(organizationId, id));
  const sorted = entries.toSorted((a, b) => a.version - b.version);
  const newest = sorted.at(-1);
  return {
    rooms: newest ? roomsOfIssue(newest.issue) : [],
    told: sorted.flatMap(({ version, events }) => events.map((type) => ({ version, type }))),
  };
}
