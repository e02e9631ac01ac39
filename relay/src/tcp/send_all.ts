/**
 * The native part, where it was built (`native/send.c`): one call that sends the same bytes over many sockets. Without it
 * everything goes the way of `direct.ts`.
 */
import { createRequire } from "node:module";

/** Puts into `sent` how many bytes the kernel took for each of the first `count` descriptors at once. */
export type SendAll = (descriptors: Int32Array, count: number, bytes: Buffer, sent: Int32Array) => void;

/** Beside the bundle, and where it is built when the sources are run as they are. */
const places = ["./send.node", "../../lib/send.node"];

/** Undefined where there is none, or one of another system. */
export function loadSendAll(paths: readonly string[] = places): SendAll | undefined {
  const require = createRequire(import.meta.url);
  for (const path of paths) {
    try {
      const found: unknown = require(path).sendAll;
      if (typeof found === "function") return found as SendAll;
    } catch {
      // The next one, or none.
    }
  }
  return undefined;
}
