/** The results for people. */
import type { Section, Table } from "./findings.ts";
import type { Machine } from "./machine.ts";

export interface Results {
  readonly machine: Machine;
  readonly sections: readonly Section[];
  /** What was not measured, and why. */
  readonly skipped: readonly string[];
}

export function markdownOf({ machine, sections, skipped }: Results): string {
  const facts = Object.entries(machine).map(([name, value]) => `- ${name}: ${value}`);
  const parts = sections.map(({ name, about, tables, notes }) =>
    [`## ${name}`, about, ...tables.map(tableOf), listOf(notes)].filter((part) => part !== "").join("\n\n"),
  );
  const left = skipped.length === 0 ? [] : ["## Left out", listOf(skipped)];
  return `${["# Measured", facts.join("\n"), ...parts, ...left].join("\n\n")}\n`;
}

function listOf(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join("\n");
}

function tableOf({ columns, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(columns), line(columns.map(() => "---")), ...rows.map(line)].join("\n");
}
