/** The query of a list without filters. */
import { listIssuesSchema } from "@faultline/contract";

/** `limit` and `cursor` as every list takes them. */
export const pageSchema = listIssuesSchema.pick({ limit: true, cursor: true });
