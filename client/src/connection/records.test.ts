import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRecordReader, type StreamRecord } from "./records.ts";

const read = (...pieces: readonly string[]): readonly StreamRecord[] => {
  const reader = createRecordReader();
  return pieces.flatMap((piece) => reader(piece));
};

describe("an event stream", () => {
  it("is read record by record", () => {
    expect(
      read('retry: 3000\n\nid: 1-0\nevent: issue:created\ndata: {"a":1}\n\n: alive\n\nid: 2-0\n\n'),
    ).toEqual([
      { event: undefined, data: undefined, id: undefined },
      { event: "issue:created", data: '{"a":1}', id: "1-0" },
      { event: undefined, data: undefined, id: "2-0" },
    ]);
  });

  it("joins lines of data, and takes one space after the colon away", () => {
    expect(read("data:  a\ndata:b\ndata\n\n")).toMatchObject([{ data: " a\nb\n" }]);
  });

  it("gives nothing for a record that is not complete", () => {
    expect(read("data: a\n")).toEqual([]);
  });

  it("reads the same however it is cut, and whichever line breaks it has", () => {
    const record = fc.record({
      id: fc.integer({ min: 0 }),
      data: fc.string().map((text) => JSON.stringify(text)),
    });
    const lineBreak = fc.constantFrom("\n", "\r\n", "\r");
    fc.assert(
      fc.property(
        fc.array(record),
        lineBreak,
        fc.array(fc.nat(), { maxLength: 10 }),
        (records, end, cuts) => {
          const text = records
            .map(({ id, data }) => `id: ${id}${end}event: e${end}data: ${data}${end}${end}`)
            .join("");
          const places = [...cuts.map((cut) => cut % (text.length + 1)), text.length].sort((a, b) => a - b);
          const pieces = places.map((place, at) => text.slice(places[at - 1] ?? 0, place));
          // The last CR may be the first half of a line break.
          expect(read(...pieces, "\n")).toEqual(
            records.map(({ id, data }) => ({ event: "e", data, id: String(id) })),
          );
        },
      ),
    );
  });
});
