import { status } from "@grpc/grpc-js";
import { FieldPath, FieldValue, GeoPoint, Timestamp } from "firebase-admin/firestore";
import { describe, expect, it } from "vitest";
import { codeOf, openFirestore, unique } from "../testing/server.ts";

const { db, server } = await openFirestore();

describe("a document", () => {
  it("comes back as it was written, in every type", async () => {
    const reference = db.collection(unique()).doc("all");
    const data = {
      text: "ü 😀 \u0000",
      integer: Number.MAX_SAFE_INTEGER,
      negative: -7,
      double: 1.5,
      notANumber: Number.NaN,
      infinite: Number.NEGATIVE_INFINITY,
      yes: true,
      nothing: null,
      time: new Timestamp(1_700_000_000, 123_456_000),
      epoch: new Timestamp(0, 0),
      bytes: Buffer.from([0, 255, 7]),
      place: new GeoPoint(49.26, -123.25),
      reference: db.doc("some/where"),
      list: [1, "a", { b: [null] }],
      emptyList: [],
      map: { a: { b: { c: 1 } }, empty: {} },
      vector: FieldValue.vector([1, 2, 3]),
    };
    await reference.set(data);
    expect((await reference.get()).data()).toEqual(data);
  });

  it("that is missing does not exist", async () => {
    const snapshot = await db.collection(unique()).doc("missing").get();
    expect(snapshot.exists).toBe(false);
    expect(snapshot.readTime).toBeInstanceOf(Timestamp);
  });

  it("is read together with others in the order asked for", async () => {
    const collection = db.collection(unique());
    await Promise.all(["a", "b", "c"].map((id) => collection.doc(id).set({ id })));
    const snapshots = await db.getAll(collection.doc("c"), collection.doc("x"), collection.doc("a"));
    expect(snapshots.map((snapshot) => snapshot.data()?.id)).toEqual(["c", undefined, "a"]);
  });

  it("is sent with only the masked fields", async () => {
    const reference = db.collection(unique()).doc();
    await reference.set({ a: 1, b: { c: 2, d: 3 } });
    const [snapshot] = await db.getAll(reference, { fieldMask: ["b.c", "missing"] });
    expect(snapshot?.data()).toEqual({ b: { c: 2 } });
  });

  it("keeps its create time and gets a later update time with each change", async () => {
    const reference = db.collection(unique()).doc();
    const first = await reference.set({ n: 1 });
    const second = await reference.update({ n: 2 });
    const snapshot = await reference.get();
    expect(snapshot.createTime?.isEqual(first.writeTime)).toBe(true);
    expect(snapshot.updateTime?.isEqual(second.writeTime)).toBe(true);
    expect(second.writeTime.valueOf() > first.writeTime.valueOf()).toBe(true);
  });

  it("keeps its update time when a write changes nothing", async () => {
    const reference = db.collection(unique()).doc();
    await reference.set({ n: 1, map: { a: [1, { b: null }] } });
    const before = await reference.get();
    await reference.set({ map: { a: [1, { b: null }] }, n: 1 });
    await reference.update({ n: 1 });
    expect((await reference.get()).updateTime?.isEqual(before.updateTime as Timestamp)).toBe(true);
  });

  it("starts anew after it was deleted", async () => {
    const reference = db.collection(unique()).doc();
    const first = await reference.set({ n: 1 });
    await reference.delete();
    expect((await reference.get()).exists).toBe(false);
    await reference.set({ n: 1 });
    const { createTime } = await reference.get();
    expect((createTime as Timestamp).valueOf() > first.writeTime.valueOf()).toBe(true);
  });
});

describe("an update", () => {
  it("changes only the fields it names, also inside maps", async () => {
    const reference = db.collection(unique()).doc();
    await reference.set({ a: 1, map: { x: 1, y: 2 }, "dotted.name": 1 });
    await reference.update({ "map.x": 9, "new.deep": true, a: FieldValue.delete() });
    await reference.update(new FieldPath("dotted.name"), 2);
    expect((await reference.get()).data()).toEqual({
      map: { x: 9, y: 2 },
      new: { deep: true },
      "dotted.name": 2,
    });
  });

  it("merges into what is there when asked to", async () => {
    const reference = db.collection(unique()).doc();
    await reference.set({ a: 1, map: { x: 1 } });
    await reference.set({ map: { y: 2 } }, { merge: true });
    await reference.set({ a: 5, map: { x: 7, y: 7 } }, { mergeFields: ["map.y"] });
    expect((await reference.get()).data()).toEqual({ a: 1, map: { x: 1, y: 7 } });
  });

  it("creates an empty document when it merges nothing", async () => {
    const reference = db.collection(unique()).doc();
    await reference.set({}, { merge: true });
    expect((await reference.get()).data()).toEqual({});
  });

  it("replaces a value that is no map when a field inside it is set", async () => {
    const reference = db.collection(unique()).doc();
    await reference.set({ a: 1 });
    await reference.update({ "a.b": 2 });
    expect((await reference.get()).data()).toEqual({ a: { b: 2 } });
  });
});

describe("a precondition", () => {
  it("keeps a document from being created twice", async () => {
    const reference = db.collection(unique()).doc();
    await reference.create({ n: 1 });
    expect(await codeOf(reference.create({ n: 2 }))).toBe(status.ALREADY_EXISTS);
  });

  it("keeps a missing document from being updated", async () => {
    expect(await codeOf(db.collection(unique()).doc().update({ n: 1 }))).toBe(status.NOT_FOUND);
    expect(await codeOf(db.collection(unique()).doc().delete({ exists: true }))).toBe(status.NOT_FOUND);
  });

  it("keeps a version that has changed from being overwritten", async () => {
    const reference = db.collection(unique()).doc();
    const { writeTime } = await reference.set({ n: 1 });
    const stale = { lastUpdateTime: writeTime };
    await reference.update({ n: 2 }, stale);
    expect(await codeOf(reference.update({ n: 3 }, stale))).toBe(status.FAILED_PRECONDITION);
    expect(await codeOf(reference.delete(stale))).toBe(status.FAILED_PRECONDITION);
    expect((await reference.get()).data()).toEqual({ n: 2 });
  });
});

describe("a batch", () => {
  it("happens as a whole, at one time", async () => {
    const collection = db.collection(unique());
    const batch = db.batch().set(collection.doc("a"), { n: 1 }).set(collection.doc("b"), { n: 1 });
    const [a, b] = await batch.commit();
    expect(a?.writeTime.isEqual(b?.writeTime as Timestamp)).toBe(true);
  });

  it("does nothing when one of its writes cannot be", async () => {
    const collection = db.collection(unique());
    const batch = db.batch().set(collection.doc("a"), { n: 1 }).update(collection.doc("missing"), { n: 1 });
    expect(await codeOf(batch.commit())).toBe(status.NOT_FOUND);
    expect((await collection.doc("a").get()).exists).toBe(false);
  });

  it("applies several writes to one document in order", async () => {
    const reference = db.collection(unique()).doc();
    const batch = db
      .batch()
      .set(reference, { n: 1 })
      .update(reference, { n: FieldValue.increment(2), m: 1 });
    await batch.update(reference, { m: FieldValue.delete() }).commit();
    expect((await reference.get()).data()).toEqual({ n: 3 });
  });

  it("may have more than 500 writes", async () => {
    const collection = db.collection(unique());
    const batch = db.batch();
    for (let i = 0; i < 700; i++) batch.set(collection.doc(`d${i}`), { i });
    await batch.commit();
    expect((await collection.count().get()).data().count).toBe(700);
  });
});

describe("commit times", () => {
  it("strictly increase and stay near the wall clock", async () => {
    const collection = db.collection(unique());
    const started = Date.now();
    const results = await Promise.all(Array.from({ length: 100 }, () => collection.doc().set({})));
    const times = results.map(({ writeTime }) => writeTime.seconds * 1e6 + writeTime.nanoseconds / 1000);
    expect(new Set(times).size).toBe(100);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(started * 1000);
    expect(Math.max(...times)).toBeLessThan((Date.now() + 100) * 1000);
  });
});

describe("what Firestore does not accept", () => {
  it("a document of more than 1 MiB", async () => {
    const reference = db.collection(unique()).doc();
    await reference.set({ text: "x".repeat(1_048_000) });
    expect(await codeOf(reference.set({ text: "x".repeat(1_048_577) }))).toBe(status.INVALID_ARGUMENT);
  });

  it.each(["__reserved__", ".", ".."])("the id %s", async (id) => {
    expect(await codeOf(db.doc(`${unique()}/${id}`).set({}))).toBe(status.INVALID_ARGUMENT);
  });

  it("an id of more than 1,500 bytes", async () => {
    expect(await codeOf(db.doc(`${unique()}/${"ä".repeat(751)}`).set({}))).toBe(status.INVALID_ARGUMENT);
    await db.doc(`${unique()}/${"ä".repeat(750)}`).set({});
  });

  it("a reserved field name, or maps nested more than 20 deep", async () => {
    const reference = db.collection(unique()).doc();
    expect(await codeOf(reference.set({ __private__: 1 }))).toBe(status.INVALID_ARGUMENT);
    const nested = (depth: number): object => (depth === 0 ? {} : { map: nested(depth - 1) });
    expect(await codeOf(reference.set(nested(21)))).toBe(status.INVALID_ARGUMENT);
    await reference.set(nested(20));
  });
});

describe("the server's ledger", () => {
  it("counts reads, writes and deletes as they would be billed", async () => {
    const collection = db.collection(unique());
    const before = server.counters();
    await collection.doc("a").set({ n: 1 });
    await collection.doc("b").set({ n: 1 });
    await collection.doc("b").delete();
    await collection.doc("missing").get();
    await collection.get();
    await collection.where("n", "==", 5).get();
    await collection.count().get();
    const after = server.counters();
    expect(after.writes - before.writes).toBe(2);
    expect(after.deletes - before.deletes).toBe(1);
    expect(after.reads - before.reads).toBe(4);
  });

  it("hears of every change that changes something, before the writer does", async () => {
    const path = `${unique()}/a`;
    const heard: unknown[] = [];
    const stop = server.onChange(({ path: changed, before, after, sequence }) => {
      if (changed === path)
        heard.push([before?.fields.n?.integerValue, after?.fields.n?.integerValue, sequence > 0]);
    });
    await db.doc(path).set({ n: 1 });
    expect(heard).toHaveLength(1);
    await db.doc(path).set({ n: 1 });
    await db.doc(path).set({ n: 2 });
    await db.doc(path).delete();
    await db.doc(path).delete();
    stop();
    await db.doc(path).set({ n: 3 });
    expect(heard).toEqual([
      [undefined, "1", true],
      ["1", "2", true],
      ["2", undefined, true],
    ]);
  });
});
