/** What it costs to know who somebody is. */
import { createVerifier, type Verifier, verifyOnce } from "@faultline/identity";
import { createKey, sign, startKeyServer } from "../../../identity/test/keyServer.ts";
import { claimsOf, projectId, unsigned } from "../../../identity/test/tokens.ts";
import { fixed } from "../figures.ts";
import type { Scenario } from "./scenario.ts";

const tokens = 1_000;
const inFlight = 16;

interface Cost {
  readonly what: string;
  readonly microseconds: number;
}

export const tokensScenario: Scenario = {
  name: "tokens",
  about: `The CPU of the verifier that API and relay use, for ${tokens} tokens, ${inFlight} at a time: signed by RS256 with a key of 2,048 bits as Firebase's are, and unsigned as the Auth emulator's.`,
  async run() {
    const key = await createKey("bench");
    const keyServer = await startKeyServer([key]);
    try {
      const verify = createVerifier({ projectId, keysUrl: keyServer.url });
      const emulated = createVerifier({ projectId, emulated: true });
      const measured = [
        ...(await measure("signed", verify, (claims) => sign(claims, key))),
        ...(await measure("unsigned", emulated, async (claims) => unsigned(claims))),
      ];
      const rows = measured.map(({ what, microseconds }) => [what, fixed(1)(microseconds)]);
      return { tables: [{ columns: ["token", "µs of CPU"], rows }], notes: [], figures: measured };
    } finally {
      await keyServer.stop();
    }
  },
};

async function measure(
  name: string,
  verify: Verifier,
  issue: (claims: ReturnType<typeof claimsOf>) => Promise<string>,
): Promise<readonly Cost[]> {
  const crowd = (wave: string) =>
    Promise.all(Array.from({ length: tokens }, (_, at) => issue(claimsOf({ sub: `${wave}-${at}` }))));
  const once = verifyOnce(verify);
  // The first time code is compiled, and the keys are fetched.
  const early = await crowd("early");
  for (let time = 0; time < 2; time += 1) await costOf(once, early);
  const late = await crowd("late");
  return [
    { what: `${name}, for the first time`, microseconds: await costOf(once, late) },
    { what: `${name}, seen before`, microseconds: await costOf(once, late) },
  ];
}

/** Of one token, in all threads of this process. */
async function costOf(verify: Verifier, all: readonly string[]): Promise<number> {
  const waiting = [...all];
  const verifyAll = async () => {
    for (let token = waiting.pop(); token !== undefined; token = waiting.pop()) await verify(token);
  };
  const before = process.cpuUsage();
  await Promise.all(Array.from({ length: inFlight }, verifyAll));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / all.length;
}
