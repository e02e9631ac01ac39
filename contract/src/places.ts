/** Campuses, buildings and maintenance alerts. */
import { z } from "zod";
import { idSchema, pointSchema, textSchema, timeSchema, uidSchema } from "./base.ts";
import { severitySchema } from "./issue.ts";

const position = z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)]).rest(z.number());
const ring = z.array(position).min(4, "a ring has at least 4 positions");

/** A building's outline: a GeoJSON Polygon or MultiPolygon (RFC 7946). */
export const outlineSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("Polygon"), coordinates: z.array(ring).min(1) }),
  z.object({ type: z.literal("MultiPolygon"), coordinates: z.array(z.array(ring).min(1)).min(1) }),
]);
export type Outline = z.infer<typeof outlineSchema>;

/** An outline travels as a string, since Firestore can't hold an array in an array. */
const outlineTextSchema = z
  .string()
  .max(500_000)
  .superRefine((text, context) => {
    const problem = outlineProblem(text);
    if (problem) context.addIssue({ code: "custom", message: problem });
  });

function outlineProblem(text: string): string | undefined {
  try {
    const result = outlineSchema.safeParse(JSON.parse(text));
    return result.success
      ? undefined
      : `must be a GeoJSON Polygon or MultiPolygon: ${result.error.issues[0]?.message}`;
  } catch {
    return "must be JSON of a GeoJSON Polygon or MultiPolygon";
  }
}

export const campusSchema = z.strictObject({ id: idSchema, name: textSchema(200), location: pointSchema });
export type Campus = z.infer<typeof campusSchema>;
export const updateCampusSchema = campusSchema.omit({ id: true }).partial();
export type UpdateCampus = z.infer<typeof updateCampusSchema>;

export const buildingSchema = z.strictObject({
  id: idSchema,
  campusId: idSchema,
  name: textSchema(200),
  location: pointSchema,
  outline: outlineTextSchema.optional(),
  rooms: z.array(textSchema(64)).max(5_000).optional(),
});
export type Building = z.infer<typeof buildingSchema>;
/** A building stays on its campus: its issues and heat cell are counted there. */
export const updateBuildingSchema = buildingSchema.omit({ id: true, campusId: true }).partial();
export type UpdateBuilding = z.infer<typeof updateBuildingSchema>;

export const alertSchema = z.strictObject({
  id: idSchema,
  organizationId: idSchema,
  campusId: idSchema,
  /** The building it concerns, or null for the whole campus. */
  buildingId: idSchema.nullable(),
  message: textSchema(1_000),
  severity: severitySchema,
  startsAt: timeSchema,
  endsAt: timeSchema.nullable(),
  createdAt: timeSchema,
  createdBy: uidSchema.nullable(),
  /** When it was withdrawn, or null while it stands. */
  cancelledAt: timeSchema.nullable(),
});
export type Alert = z.infer<typeof alertSchema>;

export const createAlertSchema = z
  .strictObject({
    campusId: idSchema.optional(),
    buildingId: idSchema.optional(),
    message: textSchema(1_000),
    severity: severitySchema,
    startsAt: timeSchema.optional(),
    endsAt: timeSchema.optional(),
  })
  .refine((alert) => (alert.campusId === undefined) !== (alert.buildingId === undefined), {
    path: ["buildingId"],
    message: "give either buildingId or campusId",
  })
  .refine(
    (alert) => !alert.startsAt || !alert.endsAt || Date.parse(alert.startsAt) < Date.parse(alert.endsAt),
    {
      path: ["endsAt"],
      message: "must be after startsAt",
    },
  );
export type CreateAlert = z.infer<typeof createAlertSchema>;
/** As it is sent: what has a default may be left out. */
export type NewAlert = z.input<typeof createAlertSchema>;
