import { FieldValue, GeoPoint, Timestamp } from "firebase-admin/firestore";
import { describe, expect, it } from "vitest";
import type { DocumentChange } from "../firestore/index.ts";
import { openFirestore, projectId, unique } from "../firestore/testing/server.ts";
import { cloudEvent, EventTypes, isOfType } from "./event.ts";

const { db, server } = await openFirestore();

interface Event {
  readonly id: string;
  readonly time: string;
  readonly subject: string;
  readonly document: string;
  readonly data: { readonly value?: EventDocument; readonly oldValue?: EventDocument };
}

interface EventDocument {
  readonly name: string;
  readonly fields: object;
  readonly createTime: string;
  readonly updateTime: string;
}

/** The changes that `write` makes. */
async function changesOf(write: () => Promise<unknown>): Promise<DocumentChange[]> {
  const changes: DocumentChange[] = [];
  const stop = server.onChange((change) => changes.push(change));
  await write();
  stop();
  return changes;
}

const eventOf = (change: DocumentChange | undefined) =>
  cloudEvent(change as DocumentChange, EventTypes.written, projectId) as Event;

describe("the event of a change", () => {
  it("holds the values in protobuf's JSON form, and the times of the document", async () => {
    const reference = db.doc(`${unique()}/a`);
    const data = {
      time: new Timestamp(1_700_000_000, 123_456_000),
      epoch: new Timestamp(0, 0),
      nothing: null,
      place: new GeoPoint(0, -1.5),
      list: [1, { a: Number.NaN }],
      empty: {},
      bytes: Buffer.from("hi"),
      infinite: Number.POSITIVE_INFINITY,
    };
    const [created] = await changesOf(() => reference.set(data));
    const { id, time, document, subject, data: sent } = eventOf(created);
    expect(sent.oldValue).toBeUndefined();
    expect(sent.value).toEqual({
      name: `projects/${projectId}/databases/(default)/documents/${reference.path}`,
      fields: {
        time: { timestampValue: "2023-11-14T22:13:20.123456Z" },
        epoch: { timestampValue: "1970-01-01T00:00:00.000000Z" },
        nothing: { nullValue: null },
        place: { geoPointValue: { latitude: 0, longitude: -1.5 } },
        list: {
          arrayValue: {
            values: [{ integerValue: "1" }, { mapValue: { fields: { a: { doubleValue: "NaN" } } } }],
          },
        },
        empty: { mapValue: { fields: {} } },
        bytes: { bytesValue: "aGk=" },
        infinite: { doubleValue: "Infinity" },
      },
      createTime: time,
      updateTime: time,
    });
    expect([document, subject]).toEqual([reference.path, `documents/${reference.path}`]);
    expect(id).toMatch(/^[0-9a-f]{32}$/);
  });

  it("happens at its commit, and has an id of its own that stays the same", async () => {
    const reference = db.doc(`${unique()}/a`);
    const changes = await changesOf(async () => {
      await reference.set({ n: FieldValue.increment(1) });
      await reference.set({ n: FieldValue.increment(1) }, { merge: true });
      await reference.delete();
    });
    const events = changes.map(eventOf);
    const [created, updated, deleted] = events;
    expect(new Set(events.map(({ id }) => id)).size).toBe(3);
    expect(changes.map(eventOf)).toEqual(events);
    expect(updated?.data.value?.createTime).toBe(created?.time);
    expect(updated?.data.value?.updateTime).toBe(updated?.time);
    expect(updated?.data.oldValue?.updateTime).toBe(created?.time);
    expect(Object.keys(deleted?.data ?? {})).toEqual(["oldValue"]);
    expect([...events].sort((a, b) => a.time.localeCompare(b.time))).toEqual(events);
  });

  it("is of the types that fit it", async () => {
    const reference = db.doc(`${unique()}/a`);
    const changes = await changesOf(async () => {
      await reference.set({ n: 1 });
      await reference.set({ n: 2 });
      await reference.delete();
    });
    const typesOf = (change: DocumentChange) =>
      Object.entries(EventTypes).flatMap(([name, type]) => (isOfType(type, change) ? name : []));
    expect(changes.map(typesOf)).toEqual([
      ["written", "created"],
      ["written", "updated"],
      ["written", "deleted"],
    ]);
  });
});
