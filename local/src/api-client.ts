/** Calls of the issue API as a signed-in user, tried again when that helps. */
import { setTimeout as delay } from "node:timers/promises";
import type { CreateIssue, ErrorBody, Issue } from "@faultline/contract";
import type { TokenSource } from "./sign-in.ts";

/** The API refused a request; trying again would not help. */
export class ApiRefusal extends Error {
  override readonly name = "ApiRefusal";
  readonly body: ErrorBody;

  constructor(body: ErrorBody) {
    super(`${body.message} (${body.reason})`);
    this.body = body;
  }
}

export interface ApiClient {
  /** Reports an issue; `key` makes that happen once, however often it is tried. */
  create(issue: CreateIssue, key: string): Promise<Issue>;
  /** Resolves an issue; one that is resolved already counts as done. */
  resolve(id: string): Promise<void>;
  get<T>(path: string): Promise<T>;
}

export interface ApiClientOptions {
  /** The API's address, without a slash at the end. */
  readonly api: string;
  readonly token: TokenSource;
  /** How often a request is tried before it counts as failed. Default 8. */
  readonly tries?: number;
  /** Told how long each answered request took, in milliseconds. */
  readonly onAnswer?: (milliseconds: number) => void;
}

export function createApiClient(options: ApiClientOptions): ApiClient {
  const call = (method: string, path: string, body?: object, headers: Record<string, string> = {}) =>
    request(options, method, path, body, headers);
  return {
    create: async (issue, key) => (await call("POST", "/issues", issue, { "idempotency-key": key })) as Issue,
    async resolve(id) {
      await call("POST", `/issues/${id}/resolve`, {}).catch((error: unknown) => {
        // An earlier try of this same call may have gone through although its answer was lost.
        if (!(error instanceof ApiRefusal && error.body.reason === "move-illegal")) throw error;
      });
    },
    get: async <T>(path: string) => (await call("GET", path)) as T,
  };
}

async function request(
  options: ApiClientOptions,
  method: string,
  path: string,
  body: object | undefined,
  headers: Record<string, string>,
): Promise<unknown> {
  const { tries = 8 } = options;
  for (let attempt = 1; ; attempt++) {
    try {
      return await requestOnce(options, method, path, body, headers);
    } catch (error) {
      if (attempt >= tries || (error instanceof ApiRefusal && !error.body.retry)) throw error;
      await delay(Math.random() * Math.min(5_000, 100 * 2 ** attempt));
    }
  }
}

async function requestOnce(
  { api, token, onAnswer }: ApiClientOptions,
  method: string,
  path: string,
  body: object | undefined,
  headers: Record<string, string>,
): Promise<unknown> {
  const authorization = `Bearer ${await token()}`;
  const start = performance.now();
  const response = await fetch(`${api}${path}`, {
    method,
    headers: { authorization, ...(body && { "content-type": "application/json" }), ...headers },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(60_000),
  });
  const text = await response.text();
  onAnswer?.(performance.now() - start);
  if (response.ok) return text === "" ? undefined : JSON.parse(text);
  if (!response.headers.get("content-type")?.startsWith("application/problem+json")) {
    throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 200)}`);
  }
  throw new ApiRefusal(problemBody(JSON.parse(text)));
}

function problemBody(problem: ErrorBody & { readonly detail?: string }): ErrorBody {
  return { ...problem, message: problem.detail ?? problem.message };
}
