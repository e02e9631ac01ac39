/** `npm run soak -- --minutes N --seed S`: the long form. */
import { parseArgs } from "node:util";
import { runSoak } from "./run.ts";

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "10" }, seed: { type: "string", default: "1" } },
});
const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
if (!(minutes > 0) || Number.isNaN(seed)) {
  console.error("--minutes must be a number above 0, --seed a number.");
  process.exit(2);
}
const { problems, ...figures } = await runSoak({ minutes, seed, log: console.log });
console.log(JSON.stringify(figures, null, 2));
for (const problem of problems.slice(0, 50)) console.error(problem);
process.exit(problems.length === 0 ? 0 : 1);
