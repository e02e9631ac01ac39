import type {
  DocumentData,
  DocumentReference,
  DocumentSnapshot,
  Query,
  QuerySnapshot,
} from "firebase-admin/firestore";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { namesOf } from "../document/path.ts";
import { Database } from "../store/database.ts";
import { openFirestore, projectId, unique } from "../testing/server.ts";
import type { ListenResponse } from "../wire/messages.ts";
import { ListenStream } from "./listen.ts";

const { db, another } = await openFirestore();

/** Collects the snapshots of a query; `until` resolves with the first, past or future, that fits. */
function watch(query: Query) {
  const snapshots: QuerySnapshot[] = [];
  const stop = query.onSnapshot((snapshot) => snapshots.push(snapshot));
  onTestFinished(stop);
  const describeDocs = (snapshot: QuerySnapshot | undefined) => snapshot?.docs.map(({ id }) => id).join(" ");
  return {
    snapshots,
    stop,
    until: (ids: string) =>
      vi.waitFor(() => expect(describeDocs(snapshots.at(-1))).toBe(ids), { timeout: 5000 }),
    changes: () =>
      snapshots.flatMap((snapshot) => snapshot.docChanges().map(({ type, doc }) => `${type} ${doc.id}`)),
  };
}

function watchDocument(reference: DocumentReference) {
  const states: (DocumentData | undefined)[] = [];
  onTestFinished(reference.onSnapshot((snapshot: DocumentSnapshot) => states.push(snapshot.data())));
  return { states, until: (count: number) => vi.waitFor(() => expect(states).toHaveLength(count)) };
}

describe("a listener of a query", () => {
  it("gets what is there, then what is added, modified and removed", async () => {
    const collection = db.collection(unique());
    await collection.doc("a").set({ n: 1 });
    const watched = watch(collection.where("n", ">", 0));
    await watched.until("a");
    await collection.doc("b").set({ n: 2 });
    await watched.until("a b");
    await collection.doc("a").set({ n: 3 });
    await vi.waitFor(() => expect(watched.changes()).toContain("modified a"));
    await collection.doc("b").set({ n: 0 });
    await watched.until("a");
    await collection.doc("a").delete();
    await watched.until("");
    expect(watched.changes()).toEqual(["added a", "added b", "modified a", "removed b", "removed a"]);
  });

  it("gets an empty snapshot where there is nothing", async () => {
    const watched = watch(db.collection(unique()));
    await watched.until("");
    expect(watched.snapshots).toHaveLength(1);
  });

  it("does not hear of other collections, or of writes that change nothing", async () => {
    const collection = db.collection(unique());
    await collection.doc("a").set({ n: 1 });
    const watched = watch(collection);
    await watched.until("a");
    await collection.doc("a").set({ n: 1 });
    await collection.doc("a/below/b").set({ n: 1 });
    await collection.doc("b").set({ n: 1 });
    await watched.until("a b");
    expect(watched.changes()).toEqual(["added a", "added b"]);
  });

  it("sees a batch as one change", async () => {
    const collection = db.collection(unique());
    const watched = watch(collection);
    await watched.until("");
    const batch = db.batch();
    for (let i = 0; i < 50; i++) batch.set(collection.doc(`d${i}`), { i });
    await batch.commit();
    await vi.waitFor(() => expect(watched.snapshots).toHaveLength(2));
    expect(watched.snapshots[1]?.size).toBe(50);
  });

  it("ends with what is true after many quick changes from several clients", async () => {
    const collection = db.collection(unique());
    const watched = watch(collection.orderBy("n"));
    const others = [another(), another()];
    const write = async (i: number) => {
      const reference = (others[i % 2] ?? db).doc(`${collection.path}/d${i % 20}`);
      if (i % 7 === 3) await reference.delete();
      else await reference.set({ n: i });
    };
    await Promise.all(Array.from({ length: 400 }, (_, i) => write(i)));
    const truth = (await collection.orderBy("n").get()).docs.map(({ id }) => id).join(" ");
    await watched.until(truth);
  });

  it("hears nothing after it has ended", async () => {
    const collection = db.collection(unique());
    const [ended, other] = [watch(collection), watch(collection)];
    await Promise.all([ended.until(""), other.until("")]);
    ended.stop();
    await collection.doc("a").set({});
    await other.until("a");
    expect(ended.snapshots).toHaveLength(1);
  });

  it("of a collection group hears of all depths", async () => {
    const group = unique("group");
    const watched = watch(db.collectionGroup(group));
    await watched.until("");
    await db.doc(`${unique()}/x/${group}/a`).set({});
    await watched.until("a");
  });

  it("is told why it cannot be", async () => {
    // An id that the client accepts and the server does not.
    const failed = new Promise<Error>((resolve) => {
      onTestFinished(db.doc("x/__reserved__").onSnapshot(() => {}, resolve));
    });
    expect((await failed).message).toContain("__reserved__");
  });
});

describe("a listener with a limit", () => {
  const numbered = async (ids: string) => {
    const collection = db.collection(unique());
    const batch = db.batch();
    for (const [n, id] of [...ids].entries()) batch.set(collection.doc(id), { n: n * 10 });
    await batch.commit();
    return collection;
  };

  it("fills the gap that a removed document leaves", async () => {
    const collection = await numbered("abcd");
    const watched = watch(collection.orderBy("n").limit(2));
    await watched.until("a b");
    await collection.doc("a").delete();
    await watched.until("b c");
    await collection.doc("b").update({ n: 100 });
    await watched.until("c d");
  });

  it("pushes out what no longer fits", async () => {
    const collection = await numbered("bcd");
    const watched = watch(collection.orderBy("n").limit(2));
    await watched.until("b c");
    await collection.doc("a").set({ n: -1 });
    await watched.until("a b");
    expect(watched.changes().slice(2)).toEqual(["removed c", "added a"]);
  });

  it("works from the end too", async () => {
    const collection = await numbered("abc");
    const watched = watch(collection.orderBy("n").limitToLast(2));
    await vi.waitFor(() => expect(watched.snapshots.at(-1)?.size).toBe(2));
    await collection.doc("d").set({ n: 99 });
    await vi.waitFor(() => {
      const ids = watched.snapshots.at(-1)?.docs.map(({ id }) => id);
      expect([...(ids ?? [])].sort()).toEqual(["c", "d"]);
    });
  });

  it("moves with an offset when something before it changes", async () => {
    const collection = await numbered("abcd");
    const watched = watch(collection.orderBy("n").offset(1).limit(2));
    await watched.until("b c");
    await collection.doc("a").delete();
    await watched.until("c d");
  });
});

describe("a listener of a document", () => {
  it("hears of its creation, changes and deletion", async () => {
    const reference = db.collection(unique()).doc();
    const watched = watchDocument(reference);
    await watched.until(1);
    await reference.set({ n: 1 });
    await watched.until(2);
    await reference.update({ n: 2 });
    await watched.until(3);
    await reference.delete();
    await watched.until(4);
    expect(watched.states).toEqual([undefined, { n: 1 }, { n: 2 }, undefined]);
  });
});

describe("a stream", () => {
  const open = () => {
    const names = namesOf(projectId);
    const database = new Database(names);
    const sent: ListenResponse[] = [];
    const sink = {
      isFull: false,
      write: (response: ListenResponse) => sent.push(response) > 0 && !sink.isFull,
      countRead: () => {},
    };
    const stream = new ListenStream(database, sink);
    onTestFinished(() => stream.close());
    const query = { parent: names.root, structuredQuery: { from: [{ collectionId: "c" }] } };
    const commit = (id: string, n: number) => {
      const name = names.full(`c/${id}`);
      database.install(database.prepare([{ update: { name, fields: { n: { integerValue: String(n) } } } }]));
    };
    const documents = () =>
      sent.flatMap(({ documentChange }) => documentChange?.document.fields?.n?.integerValue ?? []);
    const kinds = () =>
      sent.map((response) => response.targetChange?.targetChangeType ?? Object.keys(response)[0]);
    return { database, sent, sink, stream, query, commit, documents, kinds };
  };

  it("sends a slow client the newest state instead of a growing queue", async () => {
    const { sink, stream, query, commit, documents } = open();
    stream.addTarget({ targetId: 1, query });
    sink.isFull = true;
    commit("a", 0);
    await vi.waitFor(() => expect(documents()).toEqual(["0"]));
    for (let n = 1; n <= 1000; n++) commit("a", n);
    await new Promise(setImmediate);
    expect(documents()).toEqual(["0"]);
    sink.isFull = false;
    stream.drained();
    await vi.waitFor(() => expect(documents()).toEqual(["0", "1000"]));
  });

  it("resets a client that comes back with a token, and sends all there is", () => {
    const { stream, query, commit, kinds, documents } = open();
    commit("a", 1);
    stream.addTarget({ targetId: 1, query, resumeToken: Buffer.from("7") });
    // ADD, RESET, the document, CURRENT, NO_CHANGE
    expect(kinds()).toEqual([1, 4, "documentChange", 3, 0]);
    expect(documents()).toEqual(["1"]);
  });

  it("serves several targets, and stops with one that is removed", async () => {
    const { stream, query, commit, sent } = open();
    stream.addTarget({ targetId: 1, query });
    stream.addTarget({ targetId: 2, query });
    stream.removeTarget(1);
    sent.length = 0;
    commit("a", 1);
    await vi.waitFor(() =>
      expect(sent.flatMap(({ documentChange }) => documentChange?.targetIds ?? [])).toEqual([2]),
    );
  });

  it("tells an idle client that it is up to date", () => {
    const { stream, query, sent } = open();
    stream.heartbeat();
    expect(sent).toEqual([]);
    stream.addTarget({ targetId: 1, query });
    sent.length = 0;
    stream.heartbeat();
    expect(sent[0]?.targetChange?.readTime).toBeDefined();
  });
});
