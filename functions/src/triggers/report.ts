/** Says why a trigger is going to be called again. */
import { log } from "../log.ts";

/** The trigger; what it rejects with is logged and passed on, so that the platform retries. */
export function reported<W extends { readonly organizationId: string }>(
  name: string,
  trigger: (written: W) => Promise<void>,
): (written: W) => Promise<void> {
  return async (written) => {
    try {
      await trigger(written);
    } catch (error) {
      log("WARNING", "trigger failed", { trigger: name, organizationId: written.organizationId }, error);
      throw error;
    }
  };
}
