/** The query of a list without filters. */
import { listIssuesSchema } from "@faultline/contract";
import { z } from "zod";

const { limit, cursor } = listIssuesSchema.shape;

/** `limit` and `cursor` as every list takes them. */
export const pageSchema = z.strictObject({ limit, cursor });
