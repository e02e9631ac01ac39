/** A question, and how it is answered. */
import type { Ground } from "../ground.ts";
import type { Options } from "../options.ts";
import type { Findings } from "../results/findings.ts";

export interface Context {
  readonly ground: Ground;
  readonly options: Options;
  /** Says how far it is. */
  readonly log: (line: string) => void;
}

export interface Scenario {
  /** As `--only` takes it. */
  readonly name: string;
  /** A sentence. */
  readonly about: string;
  /** Whether it runs only with `--full` or when it is asked for. Default false. */
  readonly isLong?: boolean;
  run(context: Context): Promise<Findings>;
}
