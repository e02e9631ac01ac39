/** The activity entries of all organizations in the order of their times, and how far the sweep has read them. */
import { fromDocument } from "@faultline/contract";
import { type DocumentSnapshot, FieldPath, type Firestore, Timestamp } from "firebase-admin/firestore";
import { z } from "zod";
import { encode } from "./document.ts";
import { read, readAll } from "./refs.ts";
import type { CommittedPlace, OutboxStore } from "./store.ts";

/** Outside every organization. It is not kept in Redis: a log that is lost is no reason to tell everything again. */
const sweptPath = "operations/sweep";
const sweptSchema = z.object({ time: z.iso.datetime() });

export function createOutboxStore(firestore: Firestore): OutboxStore {
  return {
    async committed({ from, before, after, limit }) {
      const entries = firestore
        .collectionGroup("activity")
        .where("time", ">=", timestamp(from))
        .where("time", "<", timestamp(before))
        .orderBy("time")
        .orderBy(FieldPath.documentId());
      const rest = after ? entries.startAfter(timestamp(after.time), firestore.doc(after.path)) : entries;
      const { docs } = await rest.limit(limit).get();
      const last = docs.length === limit ? docs.at(-1) : undefined;
      return { items: readAll(docs, read.activity), last: last && placeOf(last) };
    },
    async swept() {
      const { data } = sweptSchema.safeParse(
        fromDocument((await firestore.doc(sweptPath).get()).data() ?? {}),
      );
      return data?.time;
    },
    async setSwept(time) {
      await firestore.doc(sweptPath).set(encode({ time }));
    },
  };
}

const timestamp = (time: string): Timestamp => Timestamp.fromMillis(Date.parse(time));

/** The query has found the entry by its time, so that it has one. */
function placeOf(entry: DocumentSnapshot): CommittedPlace {
  const time = entry.get("time") as Timestamp;
  return { time: time.toDate().toISOString(), path: entry.ref.path };
}
