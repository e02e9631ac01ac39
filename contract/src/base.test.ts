import { describe, expect, it } from "vitest";
import { z } from "zod";
import {
  describeFields,
  emptyTexts,
  ids,
  notIds,
  notTexts,
  notTimes,
  notUids,
  texts,
  times,
  uids,
} from "../test/fields.ts";
import { idSchema, pointSchema, textSchema, timeSchema, uidSchema } from "./base.ts";

describe("an object of the small schemas", () => {
  const schema = z.strictObject({
    id: idSchema,
    uid: uidSchema,
    time: timeSchema,
    text: textSchema(5_000),
    note: textSchema(20, 0),
  });
  const valid = { id: "a", uid: "b", time: "2026-01-31T08:00:00Z", text: "c", note: "d" };
  describeFields(schema, valid, {
    id: { accepts: ids, refuses: notIds },
    uid: { accepts: uids, refuses: notUids },
    time: { accepts: times, refuses: notTimes },
    text: { accepts: texts(5_000), refuses: [...notTexts(5_000), ...emptyTexts] },
    note: { accepts: [...texts(20), ...emptyTexts], refuses: notTexts(20) },
  });
});

describe("a point", () => {
  const latitudes = { accepts: [-90, 0, 49.26, 90], refuses: [-90.1, 91, Number.NaN, Infinity, "1", null] };
  const longitudes = { accepts: [-180, 0, 180], refuses: [-181, 180.01, Number.NaN, -Infinity, "1", null] };
  describeFields(pointSchema, { lat: 1, lng: 2 }, { lat: latitudes, lng: longitudes });
});

describe("text", () => {
  it("loses the space around it, before its length is measured", () => {
    expect(textSchema(3).parse("  abc \n")).toBe("abc");
  });

  it("keeps the space and the line breaks within", () => {
    expect(textSchema(20).parse("a  b\r\n\tc")).toBe("a  b\r\n\tc");
  });

  it("counts a character outside the basic plane as one", () => {
    expect(textSchema(2).safeParse("💧💧").success).toBe(true);
    expect(textSchema(2).safeParse("💧💧💧").success).toBe(false);
  });

  it("that is long and ends badly is refused before the test's time is up", () => {
    expect(textSchema(100_000).safeParse(`${"\n".repeat(99_999)}\u0000`).success).toBe(false);
    expect(textSchema(100_000).safeParse(`x${"\n".repeat(99_997)}\u0000x`).success).toBe(false);
  });
});
