/** Reads heat cells from Firestore. */
import { fromDocument, type HeatCell, heatCellSchema, paths } from "@faultline/contract";
import type { Firestore } from "firebase-admin/firestore";
import type { Logger } from "pino";
import { z } from "zod";

/** The document's id is the building; fields that this version does not know are left out. */
const storedCellSchema = z.object(heatCellSchema.shape);

/** All cells of an organization. One that can't be understood is logged and left out. */
export async function readCells(
  firestore: Firestore,
  logger: Logger,
  organizationId: string,
): Promise<readonly HeatCell[]> {
  const { docs } = await firestore.collection(paths.heat(organizationId)).get();
  return docs.flatMap((document) => {
    const result = storedCellSchema.safeParse({ ...fromDocument(document.data()), buildingId: document.id });
    if (result.success) return [result.data];
    const fault = result.error.issues[0]?.path;
    logger.error({ organizationId, buildingId: document.id, fault }, "a heat cell is malformed");
    return [];
  });
}
