/** Many clients of one server, in a process of their own; `native/load.c` says what is spoken with it. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { compile } from "./program.ts";

/** How clients talk with a server. */
export interface Speech {
  /** Clients are spread over them evenly; 8 at most. */
  readonly ports: readonly number[];
  readonly path: string;
  readonly framing: "websocket" | "socketio" | "stream";
  /** A file with a user on each line: a token, and after a space the rooms as JSON. Default: nobody shows a token. */
  readonly users?: string;
  /** Of whoever has none in that file. Default: the server puts clients into their rooms. */
  readonly rooms?: readonly string[];
}

export interface Wave {
  readonly count: number;
  /** How many may be connecting at a time. Default 64. */
  readonly inFlight?: number;
  /** Default: as many as the server takes. */
  readonly perSecond?: number;
  /** Whether everybody comes back with the position of the last event that it got. Default false. */
  readonly isResuming?: boolean;
}

/** In milliseconds. */
export interface Latency {
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

export interface Opened {
  readonly ready: number;
  readonly failed: number;
  readonly refusal: string;
  readonly seconds: number;
  /** From connecting to being ready. */
  readonly latency: Latency;
}

export interface Report {
  readonly ready: number;
  /** Those that the server has ended. */
  readonly cut: number;
  readonly deliveries: number;
  readonly others: number;
  readonly bytes: number;
  /** Deliveries that have not come yet. */
  readonly missing: number;
  /** Deliveries that were passed over by later ones. */
  readonly lost: number;
  readonly repeated: number;
  readonly seconds: number;
  /** Of the clients' process. */
  readonly cpuSeconds: number;
  readonly refusal: string;
  /** From when an event was due to each receipt. */
  readonly latency: Latency;
  /** From when an event was due to its last receipt. */
  readonly completion: Latency;
}

type Answer =
  | ({ readonly type: "opened" } & Opened)
  | ({ readonly type: "report" } & Report)
  | { readonly type: "done"; readonly event: number }
  | { readonly type: "begun" | "left" };
type AnswerOf<T extends Answer["type"]> = Extract<Answer, { readonly type: T }>;

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
}

export class Crowd {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting = new Map<string, Waiting>();
  #last = -1;
  #complaints = "";
  #hasEnded = false;

  private constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child;
    createInterface({ input: child.stdout }).on("line", (line) => this.#take(JSON.parse(line) as Answer));
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#complaints += text;
    });
    child.stdin.on("error", () => {}); // then it has ended
    child.once("close", () => {
      this.#hasEnded = true;
      for (const { reject } of this.#waiting.values()) reject(this.#end());
    });
  }

  /** Starts the process; nobody connects yet. */
  static async start(speech: Speech): Promise<Crowd> {
    const program = await compile("load");
    if (program === undefined) throw new Error("the load generator needs a C compiler (cc)");
    const child = spawn(program, argumentsOf(speech));
    return new Crowd(child);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Resolves when everybody is ready or was refused. */
  open({ count, inFlight = 64, perSecond = 0, isResuming = false }: Wave): Promise<Opened> {
    return this.#ask("opened", `open ${count} ${inFlight} ${perSecond}${isResuming ? " resume" : ""}`);
  }

  /** Counts from here on; the next event has the number `first`. */
  async begin(first: number): Promise<void> {
    this.#last = first - 1;
    await this.#ask("begun", `begin ${first}`);
  }

  /** Resolves when all have got this event. */
  async whenAllHave(event: number, timeoutMs = 30_000): Promise<void> {
    if (this.#last >= event) return;
    await within(timeoutMs, `event ${event} to reach everybody`, this.#wait("done", String(event)));
  }

  /** What has come, and what is missing of the events below `after`. */
  end(after: number): Promise<Report> {
    return this.#ask("report", `end ${after}`);
  }

  async leave(): Promise<void> {
    await this.#ask("left", "leave");
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once("close", resolve));
    this.#child.stdin.end();
    if (!this.#hasEnded) await ended;
  }

  #ask<T extends "opened" | "report" | "begun" | "left">(type: T, command: string): Promise<AnswerOf<T>> {
    const answer = this.#wait<T>(type);
    this.#child.stdin.write(`${command}\n`);
    return answer;
  }

  #wait<T extends Answer["type"]>(type: T, detail = ""): Promise<AnswerOf<T>> {
    return new Promise((resolve, reject) => {
      if (this.#hasEnded) reject(this.#end());
      else this.#waiting.set(`${type}${detail}`, { resolve, reject });
    });
  }

  #end(): Error {
    return new Error(`the load generator ended. ${this.#complaints}`);
  }

  #take(answer: Answer): void {
    if (answer.type === "done") this.#last = Math.max(this.#last, answer.event);
    const key = answer.type === "done" ? `done${answer.event}` : answer.type;
    this.#waiting.get(key)?.resolve(answer as never);
    this.#waiting.delete(key);
  }
}

function argumentsOf({ ports, path, framing, users, rooms }: Speech): readonly string[] {
  return [
    `ports=${ports.join(",")}`,
    `path=${path}`,
    `framing=${framing}`,
    ...(users === undefined ? [] : [`users=${users}`]),
    ...(rooms === undefined ? [] : [`rooms=${JSON.stringify(rooms)}`]),
  ];
}

async function within<T>(timeoutMs: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${timeoutMs} ms for ${what}`)), timeoutMs);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
