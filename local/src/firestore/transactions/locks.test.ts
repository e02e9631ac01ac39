import { describe, expect, it } from "vitest";
import { LockTable, type Owner } from "./locks.ts";

function table() {
  const abortions: Owner[] = [];
  const locks: LockTable = new LockTable((owner) => {
    abortions.push(owner);
    for (const wait of [...owner.waits]) wait.cancel(new Error("aborted"));
    locks.release(owner);
  });
  let births = 0;
  const owner = (isAbortable = true): Owner => ({
    birth: ++births,
    isAbortable,
    held: new Map(),
    waits: new Set(),
  });
  return { locks, owner, abortions };
}

describe("a lock", () => {
  it("is granted in the order in which it was asked for", async () => {
    const { locks, owner } = table();
    const owners = [owner(), owner(), owner()];
    const order: number[] = [];
    const grants = owners.map(async (each, i) => {
      await locks.acquire(each, "a", "exclusive");
      order.push(i);
      locks.release(each);
    });
    await Promise.all(grants);
    expect(order).toEqual([0, 1, 2]);
  });

  it("is shared, but not past someone who waits to write", async () => {
    const { locks, owner } = table();
    const [first, second, writer, late] = [owner(), owner(), owner(), owner()];
    expect(locks.acquire(first, "a", "shared")).toBeUndefined();
    expect(locks.acquire(second, "a", "shared")).toBeUndefined();
    const writing = locks.acquire(writer, "a", "exclusive");
    const reading = locks.acquire(late, "a", "shared");
    expect(writing).toBeInstanceOf(Promise);
    expect(reading).toBeInstanceOf(Promise);
    locks.release(first);
    locks.release(second);
    await writing;
    expect(late.held.size).toBe(0);
    locks.release(writer);
    await reading;
  });

  it("becomes exclusive for the only one who shares it, ahead of the queue", () => {
    const { locks, owner } = table();
    const [reader, writer] = [owner(), owner()];
    locks.acquire(reader, "a", "shared");
    void locks.acquire(writer, "a", "exclusive");
    expect(locks.acquire(reader, "a", "exclusive")).toBeUndefined();
    expect(reader.held.get("a")).toBe("exclusive");
  });

  it("is free again for those behind a request that was given up", async () => {
    const { locks, owner } = table();
    const [reader, writer, late] = [owner(), owner(), owner()];
    locks.acquire(reader, "a", "shared");
    const writing = locks.acquire(writer, "a", "exclusive");
    const reading = locks.acquire(late, "a", "shared");
    for (const wait of writer.waits) wait.cancel(new Error("given up"));
    await expect(writing).rejects.toThrow("given up");
    await reading;
  });
});

describe("a circle", () => {
  it("is broken by aborting the youngest", async () => {
    const { locks, owner, abortions } = table();
    const [old, young] = [owner(), owner()];
    locks.acquire(old, "a", "exclusive");
    locks.acquire(young, "b", "exclusive");
    const youngWaits = locks.acquire(young, "a", "exclusive");
    const oldWaits = locks.acquire(old, "b", "exclusive");
    await expect(youngWaits).rejects.toThrow("aborted");
    await oldWaits;
    expect(abortions).toEqual([young]);
  });

  it("of two that share and both want to write is one", async () => {
    const { locks, owner, abortions } = table();
    const [old, young] = [owner(), owner()];
    locks.acquire(old, "a", "shared");
    locks.acquire(young, "a", "shared");
    const oldWaits = locks.acquire(old, "a", "exclusive");
    await expect(locks.acquire(young, "a", "exclusive")).rejects.toThrow("aborted");
    await oldWaits;
    expect(abortions).toEqual([young]);
  });

  it("spares who cannot be aborted, however young", async () => {
    const { locks, owner, abortions } = table();
    const [transaction, plain] = [owner(), owner(false)];
    locks.acquire(transaction, "a", "exclusive");
    locks.acquire(plain, "b", "exclusive");
    const plainWaits = locks.acquire(plain, "a", "exclusive");
    await expect(locks.acquire(transaction, "b", "exclusive")).rejects.toThrow("aborted");
    await plainWaits;
    expect(abortions).toEqual([transaction]);
  });

  it("is found behind a queue, through a wait that was granted meanwhile", async () => {
    const { locks, owner, abortions } = table();
    const [holder, double, behind] = [owner(), owner(), owner()];
    locks.acquire(holder, "a", "exclusive");
    locks.acquire(behind, "b", "exclusive");
    const both = [locks.acquire(double, "a", "exclusive"), locks.acquire(double, "b", "exclusive")];
    const waiting = locks.acquire(behind, "a", "exclusive");
    locks.release(holder);
    await expect(waiting).rejects.toThrow("aborted");
    await Promise.all(both);
    expect(abortions).toEqual([behind]);
  });
});
