/** `npm run fuzz -- --count N --seed S [--from K]`: the long form. */
import { parseArgs } from "node:util";
import { runFuzz } from "./run.ts";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "100000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    from: { type: "string", default: "0" },
  },
});
const [count, seed, from] = [Number(values.count), Number(values.seed), Number(values.from)];
if (!(count > 0) || Number.isNaN(seed) || !(from >= 0)) {
  console.error("--count must be a number above 0, --seed and --from numbers.");
  process.exit(2);
}
console.log(`seed ${seed}, attacks ${from} to ${from + count - 1}`);
const { problems, ...figures } = await runFuzz({ count, seed, from, log: console.log });
console.log(JSON.stringify(figures, null, 2));
for (const problem of problems.slice(0, 50)) console.error(problem);
if (problems.length > 0) console.error(`${problems.length} problems; --seed ${seed} tries it again.`);
process.exit(problems.length === 0 ? 0 : 1);
