/** The activity entries of issues: written with each issue, only read here. */
import type { Firestore } from "firebase-admin/firestore";
import { invalidCursor } from "./cursor.ts";
import { read, readAll, refsOf } from "./refs.ts";
import type { HistoryStore } from "./store.ts";

/** The most entries that one gap is filled with. */
const longestGap = 256;

export function createHistoryStore(firestore: Firestore): HistoryStore {
  const activity = (organizationId: string, issueId: string) =>
    refsOf(firestore, organizationId).activity(issueId);
  return {
    async entry(organizationId, issueId, version) {
      return read.activity(await activity(organizationId, issueId).doc(String(version)).get());
    },
    async list(organizationId, issueId, { limit, cursor }) {
      const newest = activity(organizationId, issueId).orderBy("version", "desc").limit(limit);
      const { docs } = await (cursor === undefined ? newest : newest.startAfter(openVersion(cursor))).get();
      const last = docs.length === limit ? docs.at(-1) : undefined;
      const items = readAll(docs, read.activity);
      return { items, ...(last && { nextCursor: closeVersion(last.id) }) };
    },
    async between(organizationId, issueId, { after, before, since }) {
      const { docs } = await activity(organizationId, issueId)
        .where("version", ">", after)
        .where("version", "<", before)
        .orderBy("version", "desc")
        .limit(longestGap)
        .get();
      const entries = readAll(docs, read.activity);
      return entries.filter(({ time }) => Date.parse(time) >= Date.parse(since)).toReversed();
    },
  };
}

function closeVersion(id: string): string {
  return Buffer.from(`v${id}`).toString("base64url");
}

function openVersion(cursor: string): number {
  const [, digits] = /^v(\d{1,15})$/.exec(Buffer.from(cursor, "base64url").toString()) ?? [];
  if (digits === undefined) throw invalidCursor();
  return Number(digits);
}
