import { describe, expect, it } from "vitest";
import type { StoredDocument } from "../document/value.ts";
import { History } from "./history.ts";

const document = (n: number): StoredDocument => ({
  name: "d",
  path: "c/d",
  fields: { n: { integerValue: String(n) } },
  createTime: {},
  updateTime: {},
});

/** A history in which the document got the value n at the n-th second. */
function historyOf(seconds: number, limits = { maxChanges: 10, maxAgeMs: 1_000_000 }): History {
  const history = new History(0, limits);
  for (let n = 1; n <= seconds; n++) {
    const before = n > 1 ? { before: document(n - 1) } : {};
    history.add([{ path: "c/d", ...before, after: document(n), commitTime: {}, sequence: n }], n * 1e6);
  }
  return history;
}

describe("the history", () => {
  it("knows what a document was at any time", () => {
    const history = historyOf(5);
    expect(history.since(2.5e6).get("c/d")?.fields).toEqual(document(2).fields);
    expect(history.since(2e6).get("c/d")?.fields).toEqual(document(2).fields);
    expect(history.since(0.5e6)).toEqual(new Map([["c/d", undefined]]));
    expect(history.since(5e6).size).toBe(0);
  });

  it("forgets the oldest of many changes, and says so", () => {
    const history = historyOf(25);
    expect(history.since(15e6).get("c/d")?.fields).toEqual(document(15).fields);
    expect(() => history.since(9e6)).toThrow("too far in the past");
  });

  it("forgets changes that are old", () => {
    const history = historyOf(9, { maxChanges: 100, maxAgeMs: 2000 });
    expect(history.since(7e6).get("c/d")?.fields).toEqual(document(7).fields);
    expect(() => history.since(1e6)).toThrow("too far in the past");
  });
});
