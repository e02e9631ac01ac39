import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type CloseReason, closeOf, closeSchema, closes } from "./closes.ts";

const reasons = Object.keys(closes) as readonly CloseReason[];

describe("closeOf", () => {
  it.each(reasons)("says of %s whether to come back", (reason) => {
    expect(closeSchema.parse(closeOf(reason))).toEqual({
      reason,
      retry: closes[reason].retry,
      retryAfterMs: 0,
    });
  });

  it("says when", () => {
    expect(closeOf("draining", 1_500)).toMatchObject({ retry: "later", retryAfterMs: 1_500 });
  });
});

describe("the documented closes", () => {
  it("are those of the table, no more and no less", () => {
    const document =
      readFileSync(new URL("../../docs/ERRORS.md", import.meta.url), "utf8").split("## Closes")[1] ?? "";
    const rows = [...document.matchAll(/^\| `(.+)` \| (.+) \| (.+) \|$/gm)].map(([, ...cells]) => cells);
    expect(rows).toEqual(reasons.map((reason) => [reason, closes[reason].retry, closes[reason].meaning]));
  });
});
