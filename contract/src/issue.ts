import { z } from "zod";
import { idSchema, pointSchema, textSchema, timeSchema, uidSchema } from "./base.ts";
import { categories, severities, statuses } from "./terms.ts";

export const severitySchema = z.enum(severities);
export const statusSchema = z.enum(statuses);
export const categorySchema = z.enum(categories);

/** Where in the building: a point, and optionally floor and room as people there call them. */
export const locationSchema = pointSchema.extend({
  floor: textSchema(32).optional(),
  room: textSchema(64).optional(),
});

export const issueSchema = z.strictObject({
  id: idSchema,
  organizationId: idSchema,
  campusId: idSchema,
  buildingId: idSchema,
  title: textSchema(200),
  description: textSchema(10_000, 0),
  category: categorySchema,
  severity: severitySchema,
  status: statusSchema,
  location: locationSchema.optional(),
  reporterId: uidSchema,
  assigneeId: uidSchema.nullable(),
  dueAt: timeSchema,
  createdAt: timeSchema,
  updatedAt: timeSchema,
  resolvedAt: timeSchema.nullable(),
  /** The issue that it turned out to be a duplicate of, and was resolved in favour of; it may be gone since. */
  mergedInto: idSchema.optional(),
  version: z.int().min(1),
});
export type Issue = z.infer<typeof issueSchema>;

export const createIssueSchema = z.strictObject({
  buildingId: idSchema,
  title: textSchema(200),
  description: textSchema(10_000, 0).default(""),
  category: categorySchema,
  severity: severitySchema,
  location: locationSchema.optional(),
});
export type CreateIssue = z.infer<typeof createIssueSchema>;
/** As it is sent: what has a default may be left out. */
export type NewIssue = z.input<typeof createIssueSchema>;

/** A change: any of these, at least one. `location: null` removes the location; `status` must be a move of the workflow. */
export const updateIssueSchema = z
  .strictObject({
    title: textSchema(200).optional(),
    description: textSchema(10_000, 0).optional(),
    category: categorySchema.optional(),
    severity: severitySchema.optional(),
    location: locationSchema.nullable().optional(),
    status: statusSchema.optional(),
  })
  .refine(
    (change) => Object.values(change).some((value) => value !== undefined),
    "must change at least one field",
  );
export type UpdateIssue = z.infer<typeof updateIssueSchema>;

export const assignIssueSchema = z.strictObject({ assigneeId: uidSchema.nullable() });
export const resolveIssueSchema = z.strictObject({ resolution: textSchema(5_000).optional() });
export const moveIssueSchema = z.strictObject({ comment: textSchema(5_000).optional() });
/** `into` is the issue that stays. */
export const mergeIssueSchema = z.strictObject({ into: idSchema });
export const commentSchema = z.strictObject({ text: textSchema(5_000) });
