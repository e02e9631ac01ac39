/** What some tests need that is not installed everywhere; they skip themselves where it is not. */
import { wanted } from "../../bin/wanted.mjs";

export { findChromium, findPython } from "../../bin/wanted.mjs";

/** Says at the end of a run what it did without, and why. */
export function tellWhatWasSkipped(tell: (line: string) => void): void {
  for (const { name, isThere, neededBy } of wanted)
    if (!isThere()) tell(`Skipped: ${neededBy}, since ${name} is not installed.`);
}
