/** Looks whether a transport works, beside the line that is in use. */
import type { LineRequest, OpenLine } from "./line.ts";

/** How long it may take to open. */
const openMs = 10_000;

/** Opens a line in no room, and closes it again. */
export function canOpen(
  open: OpenLine,
  request: Pick<LineRequest, "relay" | "token" | "clock" | "fetch">,
): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (works: boolean) => {
      cancel();
      line.close();
      resolve(works);
    };
    const cancel = request.clock.after(openMs, () => settle(false));
    const line = open(
      { ...request, rooms: [], since: undefined },
      {
        opened: () => settle(true),
        failed: () => settle(false),
        joined() {},
        refused() {},
        told() {},
        reached() {},
      },
    );
  });
}
