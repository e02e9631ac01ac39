import { status } from "@grpc/grpc-js";
import {
  AggregateField,
  type CollectionReference,
  FieldPath,
  FieldValue,
  Filter,
  GeoPoint,
  type Query,
  Timestamp,
} from "firebase-admin/firestore";
import { describe, expect, it } from "vitest";
import { codeOf, openFirestore, unique } from "../testing/server.ts";

const { db } = await openFirestore();

/** A collection of documents by id. */
async function collectionOf(
  documents: Record<string, object>,
  path = unique(),
): Promise<CollectionReference> {
  const batch = db.batch();
  for (const [id, data] of Object.entries(documents)) batch.set(db.collection(path).doc(id), data);
  await batch.commit();
  return db.collection(path);
}

const idsOf = async (query: Query) => (await query.get()).docs.map(({ id }) => id).join(" ");

describe("a filter", async () => {
  const numbers = await collectionOf({
    a: { n: 1, tags: ["x"] },
    b: { n: 2, tags: ["x", "y"] },
    c: { n: 3, tags: "x" },
    nan: { n: Number.NaN },
    nul: { n: null },
    str: { n: "2" },
    none: { m: 1 },
  });

  it.each([
    ["==", 2, "b"],
    ["!=", 2, "nan a c str"],
    ["<", 2, "nan a"],
    ["<=", 2, "nan a b"],
    [">", 1, "b c"],
    [">=", 2, "b c"],
    ["in", [1, 3, "2"], "a c str"],
    ["not-in", [1, 3], "nan b str"],
    ["==", null, "nul"],
    ["!=", null, "nan a b c str"],
    ["==", Number.NaN, "nan"],
    ["!=", Number.NaN, "a b c str"],
    [">", "1", "str"],
  ] as const)("n %s %j finds %s", async (operator, value, expected) => {
    expect(await idsOf(numbers.where("n", operator, value))).toBe(expected);
  });

  it("looks into arrays", async () => {
    expect(await idsOf(numbers.where("tags", "array-contains", "x"))).toBe("a b");
    expect(await idsOf(numbers.where("tags", "array-contains-any", ["y", "z"]))).toBe("b");
  });

  it("compares the document's own name", async () => {
    expect(await idsOf(numbers.where(FieldPath.documentId(), "in", ["c", "a", "zzz"]))).toBe("a c");
    expect(await idsOf(numbers.where(FieldPath.documentId(), ">", "nul"))).toBe("str");
    expect(await idsOf(numbers.where(FieldPath.documentId(), "==", numbers.doc("b")))).toBe("b");
  });

  it("combines with AND and OR to any depth", async () => {
    const either = Filter.or(Filter.where("n", "==", 1), Filter.where("n", "==", 3));
    expect(await idsOf(numbers.where(either))).toBe("a c");
    expect(await idsOf(numbers.where(Filter.and(either, Filter.where("tags", "array-contains", "x"))))).toBe(
      "a",
    );
  });

  it("takes integers and doubles for the same, as far as they are", async () => {
    const mixed = await collectionOf({ int: { n: 1 }, double: { n: 1.0 }, more: { n: 1.5 } });
    expect(await idsOf(mixed.where("n", "==", 1))).toBe("double int");
  });
});

describe("the order", () => {
  it("of types is Firestore's", async () => {
    const values = [
      null,
      false,
      true,
      Number.NaN,
      Number.NEGATIVE_INFINITY,
      -1,
      0,
      0.5,
      1,
      9007199254740991,
      new Timestamp(1, 0),
      new Timestamp(1, 1000),
      "",
      "a",
      "aa",
      "b",
      "\uffff",
      "😀",
      Buffer.from([]),
      Buffer.from([1]),
      Buffer.from([1, 0]),
      db.doc("a/b"),
      db.doc("a/b/c/d"),
      db.doc("a/c"),
      new GeoPoint(-1, 5),
      new GeoPoint(1, 1),
      new GeoPoint(1, 2),
      [],
      [1],
      [1, 2],
      [2],
      FieldValue.vector([9]),
      FieldValue.vector([1, 1]),
      {},
      { a: 1 },
      { a: 1, b: 1 },
      { a: 2 },
      { b: 0 },
    ];
    const shuffled = values.map(
      (v, i) => [`d${String((i * 17) % values.length).padStart(2, "0")}`, { v, i }] as const,
    );
    const collection = await collectionOf(Object.fromEntries(shuffled));
    const ascending = (await collection.orderBy("v").get()).docs.map((document) => document.get("i"));
    expect(ascending).toEqual(values.map((_, i) => i));
    const descending = (await collection.orderBy("v", "desc").get()).docs.map((document) =>
      document.get("i"),
    );
    expect(descending).toEqual(ascending.reverse());
  });

  it("is by name where nothing else is said, numeric ids first", async () => {
    const collection = await collectionOf({
      b: {},
      a: {},
      __id10__: {},
      __id9__: {},
      B: {},
      é: {},
      "😀": {},
      "\uffee": {},
    });
    expect(await idsOf(collection)).toBe("__id9__ __id10__ B a b é \uffee 😀");
    expect(await idsOf(collection.orderBy(FieldPath.documentId(), "desc").limit(2))).toBe("😀 \uffee");
  });

  it("is by the fields under inequalities first, and leaves out documents without them", async () => {
    const collection = await collectionOf({ a: { n: 3 }, b: { n: 2 }, c: { n: 2 }, d: { m: 9 } });
    expect(await idsOf(collection.where("n", ">", 0))).toBe("b c a");
    expect(await idsOf(collection.orderBy("n", "desc"))).toBe("a c b");
    const either = Filter.or(Filter.where("n", ">", 2), Filter.where("m", "==", 9));
    expect(await idsOf(collection.where(either))).toBe("a");
  });

  it("takes several fields, each in its direction", async () => {
    const collection = await collectionOf({ a: { x: 1, y: 1 }, b: { x: 1, y: 2 }, c: { x: 0, y: 5 } });
    expect(await idsOf(collection.orderBy("x", "desc").orderBy("y"))).toBe("a b c");
  });
});

describe("a page", async () => {
  const letters = await collectionOf(
    Object.fromEntries(["a", "b", "c", "d", "e", "f"].map((id, i) => [id, { n: Math.floor(i / 2), id }])),
  );
  const ordered = letters.orderBy("n");

  it("begins and ends where its cursors say", async () => {
    expect(await idsOf(ordered.startAt(1))).toBe("c d e f");
    expect(await idsOf(ordered.startAfter(1))).toBe("e f");
    expect(await idsOf(ordered.endAt(1))).toBe("a b c d");
    expect(await idsOf(ordered.endBefore(1))).toBe("a b");
    expect(await idsOf(letters.orderBy("n", "desc").startAfter(1))).toBe("b a");
  });

  it("follows a document, also among equals", async () => {
    const c = await letters.doc("c").get();
    expect(await idsOf(ordered.startAfter(c).limit(2))).toBe("d e");
    expect(await idsOf(letters.where("n", ">=", 1).startAt(c))).toBe("c d e f");
    expect(await idsOf(letters.startAfter(c))).toBe("d e f");
  });

  it("is limited from either end, after an offset", async () => {
    expect(await idsOf(ordered.limit(3))).toBe("a b c");
    expect(await idsOf(ordered.limitToLast(2))).toBe("e f");
    expect(await idsOf(ordered.offset(4).limit(5))).toBe("e f");
    expect(await idsOf(ordered.offset(10))).toBe("");
    expect(await idsOf(ordered.endBefore(2).limitToLast(1))).toBe("d");
  });

  it("has only the selected fields", async () => {
    const [first] = (await ordered.select("id").limit(1).get()).docs;
    expect(first?.data()).toEqual({ id: "a" });
    const [bare] = (await ordered.select().limit(1).get()).docs;
    expect(bare?.data()).toEqual({});
    expect(bare?.createTime).toBeInstanceOf(Timestamp);
  });
});

describe("a collection group", () => {
  it("has the collections of its name at any depth, and no others", async () => {
    const group = unique("group");
    const root = unique("root");
    for (const path of [
      `${group}/a`,
      `${root}/x/${group}/b`,
      `${root}/x/y/z/${group}/c`,
      `${root}/x/other/d`,
    ]) {
      await db.doc(path).set({ path });
    }
    expect(await idsOf(db.collectionGroup(group))).toBe(group < root ? "a b c" : "b c a");
    const below = db.collectionGroup(group).where("path", ">", `${root}/x/y`);
    expect(await idsOf(below)).toBe("c");
  });

  it("is cut into parts that cover it once", async () => {
    const group = unique("parts");
    await collectionOf(Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`d${i}`, {}])), group);
    const ids: string[] = [];
    let parts = 0;
    for await (const part of db.collectionGroup(group).getPartitions(4)) {
      parts++;
      ids.push(...(await part.toQuery().get()).docs.map(({ id }) => id));
    }
    expect(parts).toBe(4);
    expect(new Set(ids).size).toBe(300);
    expect(ids).toHaveLength(300);
  });
});

describe("an aggregation", () => {
  it("counts, sums and averages", async () => {
    const collection = await collectionOf({ a: { n: 1 }, b: { n: 2.5 }, c: { n: "x" }, d: { m: 1 } });
    const all = {
      count: AggregateField.count(),
      sum: AggregateField.sum("n"),
      average: AggregateField.average("n"),
    };
    expect((await collection.count().get()).data()).toEqual({ count: 4 });
    expect((await collection.aggregate(all).get()).data()).toEqual({ count: 3, sum: 3.5, average: 1.75 });
    expect((await collection.limit(2).count().get()).data()).toEqual({ count: 2 });
  });

  it("of nothing is zero, and an average of nothing is null", async () => {
    const none = db
      .collection(unique())
      .aggregate({ sum: AggregateField.sum("n"), average: AggregateField.average("n") });
    expect((await none.get()).data()).toEqual({ sum: 0, average: null });
  });
});

describe("a query that cannot be", () => {
  it("is refused with the reason", async () => {
    const near = db.collection(unique()).findNearest("v", [1], { limit: 1, distanceMeasure: "EUCLIDEAN" });
    expect(await codeOf(near.get())).toBe(status.INVALID_ARGUMENT);
  });
});
