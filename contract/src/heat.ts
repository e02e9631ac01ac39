/** The heat cell of a building, and the stats that are sums over cells; how they are counted is in `tally.ts`. */
import { z } from "zod";
import { idSchema, timeSchema } from "./base.ts";
import { categories, severities, statuses } from "./terms.ts";

const countSchema = z.int().min(0);
const counts = <K extends string>(keys: readonly K[]) =>
  z.strictObject(Object.fromEntries(keys.map((key) => [key, countSchema])) as Record<K, typeof countSchema>);

const tallyShape = {
  /** All issues, by status. */
  byStatus: counts(statuses),
  /** Unresolved issues, by severity. */
  bySeverity: counts(severities),
  /** Unresolved issues, by category. */
  byCategory: counts(categories),
  /** Sum over unresolved issues of their severity's weight. */
  weight: countSchema,
  /** How many issues have a resolution time, and its sum in seconds. */
  resolution: z.strictObject({ count: countSchema, seconds: countSchema }),
};
const tallySchema = z.strictObject(tallyShape);
export type Tally = z.infer<typeof tallySchema>;

export const heatCellSchema = z.strictObject({
  ...tallyShape,
  buildingId: idSchema,
  campusId: idSchema,
  updatedAt: timeSchema,
  /** Grows with every write of the cell. */
  version: z.int().min(1),
});
export type HeatCell = z.infer<typeof heatCellSchema>;

export const statsSchema = z.strictObject({
  ...tallyShape,
  total: countSchema,
  unresolved: countSchema,
});
export type Stats = z.infer<typeof statsSchema>;
