/** One request to the API. */
import type { Environment } from "../base/environment.ts";
import { Refusal, Unreachable } from "../base/refusal.ts";
import type { GetToken } from "../base/token.ts";
import { problemOf } from "./problem.ts";

export interface RequestOptions {
  /** The API's address, without a slash at the end. */
  readonly api: string;
  readonly getToken: GetToken;
  readonly fetch: Environment["fetch"];
}

export type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

export interface Ask {
  readonly query?: Query;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** Asks, and gives the body of the answer; undefined where there is none. Rejects with `Refusal` or `Unreachable`. */
export type Request = <T>(method: string, path: string, ask?: Ask) => Promise<T>;

/** How long an answer may take. */
const answerMs = 30_000;

/** A token that is refused is replaced once. */
export function createRequest(options: RequestOptions): Request {
  return async <T>(method: string, path: string, ask: Ask = {}) => {
    const first = await send(options, { method, path, ask, fresh: false });
    const response = first.status === 401 ? await send(options, { method, path, ask, fresh: true }) : first;
    if (response.ok) return (await bodyOf(response)) as T;
    const problem = await problemOf(response);
    if (problem) throw new Refusal(problem);
    throw new Unreachable(`${method} ${path}: ${response.status} from something that is not the API.`);
  };
}

interface Sending {
  readonly method: string;
  readonly path: string;
  readonly ask: Ask;
  readonly fresh: boolean;
}

async function send(
  { api, getToken, fetch }: RequestOptions,
  { method, path, ask, fresh }: Sending,
): Promise<Response> {
  const { query, body, headers, signal } = ask;
  const timeout = AbortSignal.timeout(answerMs);
  try {
    const token = await getToken(fresh);
    return await fetch(`${api}${path}${searchOf(query)}`, {
      method,
      headers: {
        Authorization: `Bearer ${token}`,
        ...(body && { "Content-Type": "application/json" }),
        ...headers,
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: signal ? anyOf(signal, timeout) : timeout,
    });
  } catch (cause) {
    throw new Unreachable(`${method} ${path}: no answer.`, { cause });
  }
}

async function bodyOf(response: Response): Promise<unknown> {
  try {
    const text = await response.text();
    return text === "" ? undefined : JSON.parse(text);
  } catch (cause) {
    throw new Unreachable("The answer broke off.", { cause });
  }
}

function searchOf(query: Query = {}): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join() : String(value)]],
  );
  return pairs.length === 0 ? "" : `?${new URLSearchParams(pairs)}`;
}

/** `AbortSignal.any`, which browsers of 2023 do not have. */
function anyOf(...signals: readonly AbortSignal[]): AbortSignal {
  const controller = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) controller.abort();
    signal.addEventListener("abort", () => controller.abort(), { once: true });
  }
  return controller.signal;
}
