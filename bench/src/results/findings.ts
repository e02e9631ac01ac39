/** What a scenario has found. */

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface Findings {
  readonly tables: readonly Table[];
  /** What a reader has to know to read the tables right: a bottleneck, a server that was left out. */
  readonly notes: readonly string[];
  /** What the tables were made of, for whoever computes on. */
  readonly figures: unknown;
}

export interface Section extends Findings {
  readonly name: string;
  /** A sentence. */
  readonly about: string;
}
