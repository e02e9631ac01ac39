/** All scenarios, in the order in which they are run: what matters most comes first. */
import { fanOut } from "./fan_out.ts";
import type { Scenario } from "./scenario.ts";

export const scenarios: readonly Scenario[] = [fanOut];
