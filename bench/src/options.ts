/** The command line. */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

export interface Options {
  /** Of the crowds that are to be large. */
  readonly clients: number;
  /** How often each server has its turn. */
  readonly rounds: number;
  /** The scenarios to run; undefined: all that are not only for `--full`. */
  readonly only: readonly string[] | undefined;
  readonly isFull: boolean;
  /** What is not begun by then is left out, unless it was asked for; and how long `hold` lasts. */
  readonly minutes: number;
}

/** Files that a process holds beside its connections. */
const otherFiles = 200;
const usual = { clients: 10_000, rounds: 5, minutes: 10 } as const;

/** Throws an `Error` that names the option at fault. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      clients: { type: "string" },
      rounds: { type: "string" },
      minutes: { type: "string" },
      only: { type: "string" },
      full: { type: "boolean", default: false },
    },
  });
  return {
    clients: wholeNumber("clients", values.clients) ?? Math.min(usual.clients, mostClients()),
    rounds: wholeNumber("rounds", values.rounds) ?? usual.rounds,
    only: values.only?.split(","),
    isFull: values.full,
    minutes: wholeNumber("minutes", values.minutes) ?? usual.minutes,
  };
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new Error(`--${name} must be a whole number, 1 or more`);
  return number;
}

/** A process raises its own limit up to the hard one. */
export function mostClients(): number {
  const [, hard = ""] = /Max open files\s+\S+\s+(\S+)/.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
  return hard === "unlimited" ? Number.POSITIVE_INFINITY : Number(hard) - otherFiles;
}
