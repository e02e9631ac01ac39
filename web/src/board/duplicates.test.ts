import { describe, expect, it } from "vitest";
import { anIssue } from "../../test/samples.ts";
import { type Draft, findDuplicates } from "./duplicates.ts";

const draft = (fields: Partial<Draft>): Draft => ({
  buildingId: "library",
  title: "",
  category: "other",
  ...fields,
});
const drip = anIssue({ id: "drip", title: "Water drips from the ceiling" });
const door = anIssue({ id: "door", title: "Fire door is blocked", category: "safety" });
const found = (fields: Partial<Draft>, issues = [drip, door]) =>
  findDuplicates(draft(fields), issues).map(({ id }) => id);

describe("issues that may be the same", () => {
  it("have the words of the title, in whatever form", () => {
    expect(found({ title: "Dripping water" })).toEqual(["drip"]);
  });

  it("are those of the building, and unresolved", () => {
    expect(found({ title: "Dripping water", buildingId: "gym" })).toEqual([]);
    expect(found({ title: "Dripping water" }, [anIssue({ ...drip, status: "resolved" })])).toEqual([]);
  });

  it("are not found by words that say nothing, or by the category alone", () => {
    expect(found({ title: "The is from", category: "plumbing" })).toEqual([]);
    expect(found({ title: "", category: "plumbing" })).toEqual([]);
    expect(found({ title: "Broken window", category: "plumbing" })).toEqual([]);
  });

  it("come the likest first: the same category and room make likelier", () => {
    const location = { lat: 1, lng: 2, room: "201" };
    const same = anIssue({ ...drip, id: "same", location });
    expect(found({ title: "Water drips", category: "plumbing", room: "201" }, [drip, same])).toEqual([
      "same",
      "drip",
    ]);
  });

  it("are at most four", () => {
    const many = Array.from({ length: 9 }, (_, index) => anIssue({ ...drip, id: `drip-${index}` }));
    expect(found({ title: "Water drips" }, many)).toHaveLength(4);
  });
});
