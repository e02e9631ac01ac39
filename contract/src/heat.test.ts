import { describe, expect, it } from "vitest";
import { failureOf } from "../test/failures.ts";
import { describeFields, ids, notIds, notTimes, times } from "../test/fields.ts";
import { aCell } from "../test/samples.ts";
import { heatCellSchema, statsSchema } from "./heat.ts";
import { parse } from "./parse.ts";
import { emptyTally, sumCells } from "./tally.ts";

const counts = { accepts: [0, 1, 12_345], refuses: [-1, 0.5, "1", null, 2 ** 53] };
const tally = emptyTally();
const without = <T extends object>(record: T, name: keyof T) => ({ ...record, [name]: undefined });
const byKey = <T extends object>(record: T, name: keyof T & string) => ({
  accepts: [record, { ...record, [name]: 3 }],
  refuses: [without(record, name), { ...record, [name]: -1 }],
  at: () => name,
});

const tallyFields = {
  byStatus: byKey(tally.byStatus, "open"),
  bySeverity: byKey(tally.bySeverity, "critical"),
  byCategory: byKey(tally.byCategory, "plumbing"),
  weight: counts,
  resolution: byKey(tally.resolution, "seconds"),
};

describe("a heat cell", () => {
  describeFields(heatCellSchema, aCell(), {
    ...tallyFields,
    buildingId: { accepts: ids, refuses: notIds },
    campusId: { accepts: ids, refuses: notIds },
    updatedAt: { accepts: times, refuses: notTimes },
    version: { accepts: [1, 2], refuses: [0, -1, 1.5, "1"] },
  });

  it("refuses a status that it does not know, naming it", () => {
    const cell = { ...aCell(), byStatus: { ...tally.byStatus, lost: 1 } };
    expect(failureOf(() => parse(heatCellSchema, cell)).field).toBe("byStatus.lost");
  });
});

describe("stats", () => {
  describeFields(statsSchema, sumCells([]), { ...tallyFields, total: counts, unresolved: counts });
});
