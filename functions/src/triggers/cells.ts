/** The heat cells that an entry is published with: as they are now, which is never older than the entry left them. */
import type { HeatCell } from "@faultline/contract";
import type { Store } from "../store/index.ts";

/** The cells of these buildings, as far as there are any. */
export async function cellsOf(
  { heat }: Pick<Store, "heat">,
  organizationId: string,
  buildingIds: readonly string[],
): Promise<readonly HeatCell[]> {
  const cells = [...new Set(buildingIds)].map((id) => heat.cell(organizationId, id));
  return (await Promise.all(cells)).filter((cell) => cell !== undefined);
}
