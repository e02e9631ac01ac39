/** All scenarios, in the order in which they are run: what matters most comes first. */
import { bursts } from "./bursts.ts";
import { fanOut, streams } from "./fan_out.ts";
import { hold } from "./hold.ts";
import { latency } from "./latency.ts";
import { memory } from "./memory.ts";
import { overload } from "./overload.ts";
import { redisCeiling } from "./redis_ceiling.ts";
import { scale } from "./scale.ts";
import type { Scenario } from "./scenario.ts";
import { smallRoomScenario } from "./small_room.ts";
import { storm } from "./storm.ts";
import { tokensScenario } from "./tokens.ts";
import { twoRelays } from "./two_relays.ts";
import { writes } from "./writes.ts";

export const scenarios: readonly Scenario[] = [
  fanOut,
  streams,
  latency,
  bursts,
  smallRoomScenario,
  memory,
  storm,
  tokensScenario,
  scale,
  twoRelays,
  redisCeiling,
  overload,
  writes,
  hold,
];
