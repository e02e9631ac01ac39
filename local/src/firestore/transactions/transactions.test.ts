import { status } from "@grpc/grpc-js";
import type { Firestore, Transaction } from "firebase-admin/firestore";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { namesOf } from "../document/path.ts";
import { Database } from "../store/database.ts";
import { codeOf, openFirestore, projectId, unique } from "../testing/server.ts";
import { TransactionDefaults, Transactions } from "./transactions.ts";

const { db, another } = await openFirestore();
const clients = [db, another(), another(), another()];

/** A promise and what resolves it, to hold a transaction at a point. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

const increment = (client: Firestore, path: string) =>
  client.runTransaction(async (transaction) => {
    const snapshot = await transaction.get(client.doc(path));
    transaction.set(client.doc(path), { n: (snapshot.get("n") ?? 0) + 1 });
  });

describe("transactions of several clients", () => {
  it("lose no increment of one document, existing or not", async () => {
    const path = `${unique()}/counter`;
    await Promise.all(clients.flatMap((client) => Array.from({ length: 25 }, () => increment(client, path))));
    expect((await db.doc(path).get()).get("n")).toBe(100);
  });

  it("keep a sum while they move amounts between documents in any order", async () => {
    const collection = unique();
    const ids = ["a", "b", "c", "d"];
    await Promise.all(ids.map((id) => db.doc(`${collection}/${id}`).set({ n: 100 })));
    const move = (client: Firestore, from: string, to: string) =>
      client.runTransaction(
        async (transaction) => {
          const source = await transaction.get(client.doc(`${collection}/${from}`));
          const target = await transaction.get(client.doc(`${collection}/${to}`));
          transaction.update(source.ref, { n: source.get("n") - 1 });
          transaction.update(target.ref, { n: target.get("n") + 1 });
        },
        { maxAttempts: 20 },
      );
    // Only every second pair goes against the order, so that circles happen but are not the rule.
    const pairs = Array.from(
      { length: 24 },
      (_, i) => [ids[i % 4], ids[(i % 2 === 0 ? i + 1 : i + 3) % 4]] as const,
    );
    await Promise.all(pairs.map(([from, to], i) => move(clients[i % 4] ?? db, from ?? "", to ?? "")));
    const documents = (await db.collection(collection).get()).docs;
    const total = documents.reduce((sum, document) => sum + document.get("n"), 0);
    expect(total).toBe(400);
  });

  it("let only one create what both found missing", async () => {
    const collection = unique();
    const claim = (client: Firestore, who: string) =>
      client.runTransaction(async (transaction) => {
        const reference = client.doc(`${collection}/claim`);
        if ((await transaction.get(reference)).exists) return false;
        transaction.create(reference, { who });
        return true;
      });
    const claims = await Promise.all(
      Array.from({ length: 12 }, (_, i) => claim(clients[i % 4] ?? db, `w${i}`)),
    );
    expect(claims.filter(Boolean)).toHaveLength(1);
  });
});

describe("a transaction that has read a document", () => {
  it("makes a plain write wait until it is done", async () => {
    const reference = db.doc(`${unique()}/a`);
    await reference.set({ n: 1 });
    const [hasRead, mayWrite] = [gate(), gate()];
    const order: string[] = [];
    const transaction = db.runTransaction(async (running) => {
      const n = (await running.get(reference)).get("n");
      hasRead.open();
      await mayWrite.opened;
      running.update(reference, { n: n + 1 });
    });
    await hasRead.opened;
    const plain = clients[1]
      ?.doc(reference.path)
      .update({ plain: true })
      .then(() => order.push("plain"));
    // A read outside does not wait, and is answered after the write has arrived at the same server.
    await clients[1]?.doc(reference.path).get();
    mayWrite.open();
    await transaction.then(() => order.push("transaction"));
    await plain;
    expect((await reference.get()).data()).toEqual({ n: 2, plain: true });
  });

  it("shares it with others when it is known to be only read", async () => {
    const collection = unique();
    await db.doc(`${collection}/config`).set({ step: 1 });
    const readOnce = () =>
      db.runTransaction(async (transaction) => {
        await transaction.get(db.doc(`${collection}/config`));
        transaction.set(db.doc(`${collection}/${unique("out")}`), {});
      });
    await readOnce();
    const [firstHasRead, firstMayEnd] = [gate(), gate()];
    const first = db.runTransaction(async (transaction) => {
      await transaction.get(db.doc(`${collection}/config`));
      firstHasRead.open();
      await firstMayEnd.opened;
    });
    await firstHasRead.opened;
    await readOnce();
    firstMayEnd.open();
    await first;
  });

  it("lets go when its function throws", async () => {
    const reference = db.doc(`${unique()}/a`);
    const failing = db.runTransaction(async (transaction) => {
      await transaction.get(reference);
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    await reference.set({ n: 1 });
  });

  it("does not commit when a precondition fails, and lets go", async () => {
    const reference = db.doc(`${unique()}/a`);
    const failing = db.runTransaction(async (transaction) => {
      await transaction.get(reference);
      transaction.update(reference, { n: 1 });
    });
    expect(await codeOf(failing)).toBe(status.NOT_FOUND);
    await reference.set({ n: 1 });
  });
});

describe("two transactions in each other's way", () => {
  it("both succeed in the end, one after another attempt", async () => {
    const collection = unique();
    const [a, b] = [`${collection}/a`, `${collection}/b`];
    await Promise.all([db.doc(a).set({ n: 0 }), db.doc(b).set({ n: 0 })]);
    let attempts = 0;
    const bothHaveRead = gate();
    const cross = (client: Firestore, first: string, second: string) =>
      client.runTransaction(async (transaction) => {
        const mine = await transaction.get(client.doc(first));
        if (++attempts === 2) bothHaveRead.open();
        await bothHaveRead.opened;
        const other = await transaction.get(client.doc(second));
        transaction.update(mine.ref, { n: mine.get("n") + 1 });
        transaction.update(other.ref, { n: other.get("n") + 1 });
      });
    await Promise.all([cross(clients[0] ?? db, a, b), cross(clients[1] ?? db, b, a)]);
    expect(attempts).toBe(3);
    expect((await db.doc(a).get()).get("n")).toBe(2);
    expect((await db.doc(b).get()).get("n")).toBe(2);
  });
});

describe("a query in a transaction", () => {
  const sumUp = async (client: Firestore, transaction: Transaction, collection: string) => {
    const snapshot = await transaction.get(client.collection(collection).where("open", "==", true));
    return snapshot.size;
  };

  it("keeps others from adding to its result before the commit", async () => {
    const collection = unique();
    await db.doc(`${collection}/a`).set({ open: true });
    const [hasRead, mayWrite] = [gate(), gate()];
    const total = db.doc(`${unique()}/total`);
    const transaction = db.runTransaction(async (running) => {
      const size = await sumUp(db, running, collection);
      hasRead.open();
      await mayWrite.opened;
      running.set(total, { size });
    });
    await hasRead.opened;
    let isAdded = false;
    const adding = clients[1]
      ?.doc(`${collection}/b`)
      .set({ open: true })
      .then(() => {
        isAdded = true;
      });
    await clients[1]?.doc(`${collection}/c`).set({ open: false });
    expect(isAdded).toBe(false);
    mayWrite.open();
    await transaction;
    await adding;
    expect((await total.get()).get("size")).toBe(1);
  });

  it("never lets more than the limit in", async () => {
    const collection = unique();
    const enter = (client: Firestore) =>
      client.runTransaction(
        async (transaction) => {
          const inside = await sumUp(client, transaction, collection);
          if (inside < 3) transaction.create(client.collection(collection).doc(), { open: true });
        },
        { maxAttempts: 20 },
      );
    await Promise.all(Array.from({ length: 6 }, (_, i) => enter(clients[i % 4] ?? db)));
    expect((await db.collection(collection).get()).size).toBe(3);
  });

  it("may be an aggregation", async () => {
    const collection = db.collection(unique());
    await collection.doc().set({});
    const count = await db.runTransaction(
      async (transaction) => (await transaction.get(collection.count())).data().count,
    );
    expect(count).toBe(1);
  });
});

describe("a read-only transaction", () => {
  it("sees one moment, however long it takes, and holds up nobody", async () => {
    const collection = db.collection(unique());
    await collection.doc("a").set({ n: 1 });
    await collection.doc("gone").set({ n: 1 });
    const seen = await db.runTransaction(
      async (transaction) => {
        const first = (await transaction.get(collection.doc("a"))).get("n");
        await collection.doc("a").set({ n: 2 });
        await collection.doc("b").set({ n: 2 });
        await collection.doc("gone").delete();
        const again = (await transaction.get(collection.doc("a"))).get("n");
        const all = (await transaction.get(collection)).docs.map(
          (document) => `${document.id}${document.get("n")}`,
        );
        return [first, again, ...all];
      },
      { readOnly: true },
    );
    expect(seen).toEqual([1, 1, "a1", "gone1"]);
  });

  it("can look back to a moment that is not long ago", async () => {
    const reference = db.doc(`${unique()}/a`);
    const { writeTime } = await reference.set({ n: 1 });
    await reference.set({ n: 2 });
    const at = (readTime: typeof writeTime) =>
      db.runTransaction(async (transaction) => (await transaction.get(reference)).get("n"), {
        readOnly: true,
        readTime,
      });
    expect(await at(writeTime)).toBe(1);
  });
});

describe("a transaction that was left behind", () => {
  const begun = async () => {
    const names = namesOf(projectId);
    const database = new Database(names);
    const transactions = new Transactions(database);
    onTestFinished(() => transactions.stop());
    const transaction = transactions.begin();
    await transactions.lock(transaction, ["c/a"]);
    return { transactions, transaction, write: { update: { name: names.full("c/a") } } };
  };

  it("gives way to those who wait for it, after a while", async () => {
    const { transactions, transaction, write } = await begun();
    const writing = transactions.commit([write]);
    transactions.expire(Date.now() + TransactionDefaults.idleWhileWaitedForMs - 1000);
    expect(transactions.get(transaction.id)).toBe(transaction);
    transactions.expire(Date.now() + TransactionDefaults.idleWhileWaitedForMs + 1000);
    await writing;
    expect(() => transactions.get(transaction.id)).toThrow("transaction has expired");
  });

  it("does not count what it has waited itself", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    onTestFinished(() => void vi.useRealTimers());
    const { transactions, transaction, write } = await begun();
    const second = transactions.begin();
    const granted = transactions.lock(second, ["c/a"]);
    vi.setSystemTime(Date.now() + TransactionDefaults.idleWhileWaitedForMs + 1000);
    transactions.end(transaction);
    await granted;
    const writing = transactions.commit([write]);
    transactions.expire(Date.now());
    expect(transactions.get(second.id)).toBe(second);
    transactions.end(second);
    await writing;
  });

  it("ends after a longer while when nobody waits", async () => {
    const { transactions, transaction } = await begun();
    transactions.expire(Date.now() + TransactionDefaults.idleWhileWaitedForMs + 1000);
    expect(transactions.get(transaction.id)).toBe(transaction);
    transactions.expire(Date.now() + TransactionDefaults.idleMs + 1000);
    expect(() => transactions.get(transaction.id)).toThrow("transaction has expired");
  });

  it("takes no lock that nobody would release, when it ends while it waits", async () => {
    const { transactions, transaction, write } = await begun();
    const late = transactions.begin();
    const waiting = transactions.lock(late, ["c/a", "c/b"]);
    transactions.end(late);
    await expect(waiting).rejects.toMatchObject({ code: status.ABORTED });
    transactions.end(transaction);
    await transactions.commit([write, { update: { name: write.update.name.replace(/a$/, "b") } }]);
  });
});
