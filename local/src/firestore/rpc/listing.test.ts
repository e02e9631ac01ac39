import { status } from "@grpc/grpc-js";
import { describe, expect, it } from "vitest";
import { codeOf, openFirestore, unique } from "../testing/server.ts";

const { db } = await openFirestore();

describe("a listing", () => {
  it("of documents has also the missing ones with collections below them", async () => {
    const collection = db.collection(unique());
    await collection.doc("b").set({});
    await collection.doc("a/deep/down").set({});
    const references = await collection.listDocuments();
    expect(references.map(({ id }) => id)).toEqual(["a", "b"]);
    expect((await collection.get()).docs.map(({ id }) => id)).toEqual(["b"]);
  });

  it("of collections follows what is there", async () => {
    const parent = db.collection(unique()).doc("p");
    await parent.collection("y").doc("1").set({});
    await parent.collection("x").doc("1").collection("deeper").doc("2").set({});
    const ids = async () => (await parent.listCollections()).map(({ id }) => id);
    expect(await ids()).toEqual(["x", "y"]);
    await parent.collection("x").doc("1").collection("deeper").doc("2").delete();
    expect(await ids()).toEqual(["y"]);
    expect((await db.listCollections()).map(({ id }) => id)).toContain(parent.parent.id);
  });
});

describe("a recursive delete", () => {
  it("removes a document and all below it, and nothing beside it", async () => {
    const [collection, beside] = [db.collection(unique("tree")), db.collection(unique("tree"))];
    const paths = ["a", "a/x/1", "a/x/1/y/2", "a/z/3", "b", "b/x/1"];
    await Promise.all([
      ...paths.map((path) => db.doc(`${collection.path}/${path}`).set({})),
      beside.doc("a").set({}),
    ]);
    await db.recursiveDelete(collection.doc("a"));
    expect((await collection.listDocuments()).map(({ id }) => id)).toEqual(["b"]);
    expect(await collection.doc("a").listCollections()).toEqual([]);
    await db.recursiveDelete(collection);
    expect(await collection.listDocuments()).toEqual([]);
    expect((await beside.doc("a").get()).exists).toBe(true);
  });
});

describe("a bulk writer", () => {
  it("writes what it can and tells each failure", async () => {
    const collection = db.collection(unique());
    await collection.doc("taken").set({ n: 0 });
    const writer = db.bulkWriter();
    const ends = [
      writer.create(collection.doc("taken"), { n: 1 }),
      writer.update(collection.doc("missing"), { n: 1 }),
    ];
    for (let i = 0; i < 100; i++) void writer.set(collection.doc(`d${i}`), { i });
    const codes = ends.map((end) => codeOf(end));
    await writer.close();
    expect(await Promise.all(codes)).toEqual([status.ALREADY_EXISTS, status.NOT_FOUND]);
    expect((await collection.count().get()).data().count).toBe(101);
    expect((await collection.doc("taken").get()).get("n")).toBe(0);
  });
});
