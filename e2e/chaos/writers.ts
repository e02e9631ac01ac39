/** Those who write: through the API, and now and then past it. */
import { setTimeout as delay } from "node:timers/promises";
import { type Alert, categories, type Issue, moveNames, paths, severities } from "@faultline/contract";
import type { Firestore } from "firebase-admin/firestore";
import type { Random } from "../support/random.ts";
import { buildings, type OrganizationId, organizations, technician, tokenOf } from "./organization.ts";
import type { Publishers } from "./publishers.ts";

export interface WriterFigures {
  /** Answered well. */
  readonly done: number;
  /** Answered with a 4xx: the workflow has no such move, somebody else was faster. */
  readonly refused: number;
  /** Not answered, or with a 5xx: the write may have been committed all the same. */
  readonly unknown: number;
}

export interface Writers {
  figures(): WriterFigures;
  /** Resolves when the last write was answered. */
  stop(): Promise<void>;
}

export interface WriterOptions {
  readonly count: number;
  readonly publishers: Pick<Publishers, "call">;
  readonly firestore: Firestore;
  readonly random: Random;
  /** Of all writers together, at most. */
  readonly writesPerSecond: number;
}

/** Starts them. */
export function startWriters(options: WriterOptions): Writers {
  const figures = { done: 0, refused: 0, unknown: 0 };
  const stopping = new AbortController();
  const known: Record<OrganizationId, Known> = { riverside: [], hillcrest: [] };
  const runs = Array.from({ length: options.count }, (_, index) => {
    const organizationId = organizations[index % organizations.length] ?? "riverside";
    const random = options.random.fork(`${index}`);
    const writer = new Writer(options, organizationId, known[organizationId], random);
    return writer.run(figures, stopping.signal);
  });
  return {
    figures: () => ({ ...figures }),
    async stop() {
      stopping.abort();
      await Promise.all(runs);
    },
  };
}

/** What it takes to write: a method, a path below /api and a body. */
type Request = readonly [method: string, path: string, body?: object];

/** The issues that a writer may hit, of one organization: few, so that writers meet. */
type Known = string[];
const mostKnown = 60;

/** Beside the changes of issues, in shares of all writes. */
const odds = { pastTheApi: 0.03, report: 0.1, remove: 0.08, alert: 0.02 } as const;

class Writer {
  readonly #options: WriterOptions;
  readonly #random: Random;
  readonly #organizationId: OrganizationId;
  readonly #known: Known;
  readonly #alerts: string[] = [];
  readonly #token: string;
  #count = 0;

  constructor(options: WriterOptions, organizationId: OrganizationId, known: Known, random: Random) {
    this.#options = options;
    this.#known = known;
    this.#random = random;
    this.#organizationId = organizationId;
    this.#token = tokenOf(organizationId, "ada");
  }

  async run(figures: { -readonly [K in keyof WriterFigures]: number }, signal: AbortSignal): Promise<void> {
    const { count, writesPerSecond } = this.#options;
    while (!signal.aborted) {
      const pauseMs = this.#random.between([0, (2_000 * count) / writesPerSecond]);
      await delay(pauseMs, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      const outcome = await this.#write().catch(() => "unknown" as const);
      figures[outcome] += 1;
    }
  }

  async #write(): Promise<keyof WriterFigures> {
    this.#count += 1;
    const id = this.#random.pick(this.#known);
    if (id !== undefined && this.#random.chance(odds.pastTheApi)) return this.#writePastTheApi(id);
    const [method, path, body] = this.#draw(id);
    const answer = await this.#options.publishers.call(this.#random, method, `/api${path}`, {
      token: this.#token,
      ...(body && { body }),
    });
    if (answer.status >= 500) return "unknown";
    if (answer.status >= 400) return "refused";
    if (path === "/issues") this.#remember((JSON.parse(answer.body) as Issue).id);
    if (path === "/alerts") this.#alerts.push((JSON.parse(answer.body) as Alert).id);
    return "done";
  }

  /** As an administrator's script would: no version, no history. The trigger has to find out. */
  async #writePastTheApi(id: string): Promise<keyof WriterFigures> {
    const issue = this.#options.firestore.doc(`${paths.issues(this.#organizationId)}/${id}`);
    // Fails when the issue has been deleted.
    return issue.update({ title: this.#text("Past the API") }).then(
      () => "done",
      () => "refused",
    );
  }

  #draw(id: string | undefined): Request {
    const random = this.#random;
    if (random.chance(odds.alert)) return this.#drawAlert();
    if (id === undefined || random.chance(odds.report)) return ["POST", "/issues", this.#newIssue()];
    if (random.chance(odds.remove)) return ["DELETE", `/issues/${id}`];
    const draws: readonly [() => Request, ...(() => Request)[]] = [
      () => ["PATCH", `/issues/${id}`, { title: this.#text("Title"), severity: random.pick(severities) }],
      () => ["PATCH", `/issues/${id}`, { description: "wet ".repeat(random.integer(1_000)) }],
      () => ["POST", `/issues/${id}/comments`, { text: this.#text("Comment") }],
      () => ["POST", `/issues/${id}/assign`, { assigneeId: random.chance(0.5) ? technician : null }],
      () => ["POST", `/issues/${id}/${random.pick(moveNames)}`, {}],
    ];
    return random.pick(draws)();
  }

  /** Issues one, or withdraws the last. */
  #drawAlert(): Request {
    const id = this.#alerts.pop();
    if (id !== undefined) return ["DELETE", `/alerts/${id}`];
    const buildingId = this.#random.pick(buildings);
    return ["POST", "/alerts", { buildingId, message: this.#text("Water is off"), severity: "medium" }];
  }

  #newIssue(): object {
    const random = this.#random;
    return {
      buildingId: random.pick(buildings),
      title: this.#text("Leak"),
      category: random.pick(categories),
      severity: random.pick(severities),
    };
  }

  #text(what: string): string {
    return `${what} ${this.#count}`;
  }

  #remember(id: string): void {
    if (this.#known.length >= mostKnown) this.#known.splice(this.#random.integer(mostKnown), 1);
    this.#known.push(id);
  }
}
