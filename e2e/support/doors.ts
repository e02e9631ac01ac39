/** The two doors to the issue API: REST through Hosting, and callables through the Firebase web SDK. */
import type { CreateIssue, Issue } from "@faultline/contract";
import { demoPassword, projectId, region } from "@faultline/local/settings";
import { signInAs } from "@faultline/local/sign-in";
import { deleteApp, initializeApp } from "firebase/app";
import { connectAuthEmulator, getAuth, signInWithEmailAndPassword } from "firebase/auth";
import { connectFunctionsEmulator, getFunctions, httpsCallable } from "firebase/functions";
import type { Stack } from "./stack.ts";

/** What can be done to an issue through either door. */
export interface Door {
  create(issue: CreateIssue): Promise<Issue>;
  update(id: string, change: object): Promise<Issue>;
  assign(id: string, assigneeId: string | null): Promise<Issue>;
  comment(id: string, text: string): Promise<unknown>;
  resolve(id: string): Promise<Issue>;
  delete(id: string): Promise<void>;
  get(id: string): Promise<Issue>;
  list(query: Record<string, unknown>): Promise<{ items: Issue[]; nextCursor?: string | null }>;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever came back
  readonly body: any;
}

/** One request to the API, as it is: `body` that is a string is sent unchanged. */
export async function request(
  stack: Stack,
  method: string,
  path: string,
  options: {
    readonly token?: string | undefined;
    readonly body?: unknown;
    readonly headers?: Record<string, string>;
  } = {},
): Promise<Answer> {
  const { token, body, headers } = options;
  const response = await fetch(`${stack.addresses.api}${path}`, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { "content-type": "application/json" }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get("content-type") ?? "");
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

/** The REST door, as one of the users. */
export function openRest(stack: Stack, email: string): Door {
  const token = signInAs(email, stack.addresses);
  const call = async (method: string, path: string, body?: unknown) => {
    const answer = await request(stack, method, path, { token: await token(), body });
    if (answer.status >= 400)
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  return {
    create: (issue) => call("POST", "/issues", issue),
    update: (id, change) => call("PATCH", `/issues/${id}`, change),
    assign: (id, assigneeId) => call("POST", `/issues/${id}/assign`, { assigneeId }),
    comment: (id, text) => call("POST", `/issues/${id}/comments`, { text }),
    resolve: (id) => call("POST", `/issues/${id}/resolve`, {}),
    delete: (id) => call("DELETE", `/issues/${id}`),
    get: (id) => call("GET", `/issues/${id}`),
    list: (query) => call("GET", `/issues?${new URLSearchParams(query as Record<string, string>)}`),
    close: async () => {},
  };
}

/** The callables' door, as a web frontend uses it. */
export async function openCallables(stack: Stack, email: string): Promise<Door> {
  const app = initializeApp({ projectId, apiKey: "local" }, `door-${email}-${Math.random()}`);
  const auth = getAuth(app);
  connectAuthEmulator(auth, `http://${stack.addresses.auth}`, { disableWarnings: true });
  await signInWithEmailAndPassword(auth, email, demoPassword);
  const functions = getFunctions(app, region);
  connectFunctionsEmulator(functions, "127.0.0.1", stack.settings.ports.functions);
  const call = async <T>(name: string, data: object) =>
    (await httpsCallable<object, T>(functions, name)(data)).data;
  return {
    create: (issue) => call("createIssue", issue),
    update: (id, change) => call("updateIssue", { id, ...change }),
    assign: (id, assigneeId) => call("assignIssue", { id, assigneeId }),
    comment: (id, text) => call("commentOnIssue", { id, text }),
    resolve: (id) => call("resolveIssue", { id }),
    delete: (id) => call("deleteIssue", { id }),
    get: (id) => call("getIssue", { id }),
    list: (query) => call("listIssues", query),
    close: () => deleteApp(app),
  };
}
