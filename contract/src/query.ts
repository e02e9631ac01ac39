/** The query of a list of issues. */
import { z } from "zod";
import { idSchema, uidSchema } from "./base.ts";
import { categorySchema, severitySchema, statusSchema } from "./issue.ts";

/** Firestore allows at most 30 alternatives in one query, and those of several filters multiply. */
const alternatives = 30;

/** "open,on_hold" or several parameters, as a list without repeats. An item at fault is told of the parameter. */
const listOf = <S extends z.ZodType>(item: S) => {
  const items = z.array(item).min(1).max(alternatives);
  return z.union([z.string(), z.array(z.string())]).transform((value, context): z.output<S>[] => {
    const parts = [value].flat().flatMap((part) => part.split(","));
    const result = items.safeParse([...new Set(parts)]);
    if (result.success) return result.data;
    context.addIssue({ code: "custom", message: result.error.issues[0]?.message ?? "not valid" });
    return z.NEVER;
  });
};

export const sortFields = ["createdAt", "updatedAt", "dueAt"] as const;
export type SortField = (typeof sortFields)[number];
const sorts = sortFields.flatMap((field) => [field, `-${field}`] as const);
/** A field, with a minus for the newest first. */
export const sortSchema = z.enum(sorts as [(typeof sorts)[number], ...(typeof sorts)[number][]]);
/** A field, with a minus for the newest first. */
export type Sort = z.infer<typeof sortSchema>;

export const listIssuesSchema = z
  .strictObject({
    campusId: idSchema.optional(),
    buildingId: idSchema.optional(),
    status: listOf(statusSchema).optional(),
    severity: listOf(severitySchema).optional(),
    category: listOf(categorySchema).optional(),
    assigneeId: uidSchema.optional(),
    sort: sortSchema.default("-createdAt"),
    /** Items per page, 1 to 200. */
    limit: z.coerce.number().pipe(z.int().min(1).max(200)).default(50),
    cursor: z.string().max(1_000).optional(),
  })
  .refine(
    ({ status = [0], severity = [0], category = [0] }) =>
      status.length * severity.length * category.length <= alternatives,
    { path: ["category"], message: `with status and severity gives more than ${alternatives} combinations` },
  );
export type ListIssues = z.infer<typeof listIssuesSchema>;

/** The fields that a list of issues can be filtered by, each by equality or alternatives. */
export const filterFields = [
  "campusId",
  "buildingId",
  "status",
  "severity",
  "category",
  "assigneeId",
] as const;
