/** What a client went through lately, for whoever looks into a failure. */

export interface Line {
  /** In milliseconds since 1970. */
  readonly at: number;
  readonly text: string;
}

export interface Journal {
  add(text: string): void;
  /** What was noted in this time. */
  between(from: number, to: number): readonly Line[];
}

const mostLines = 2_000;

export function createJournal(): Journal {
  const lines: Line[] = [];
  return {
    add(text) {
      lines.push({ at: Date.now(), text });
      if (lines.length > mostLines) lines.splice(0, mostLines / 2);
    },
    between: (from, to) => lines.filter(({ at }) => at >= from && at <= to),
  };
}
