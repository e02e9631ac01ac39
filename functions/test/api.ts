/** The API of one test file, on a real socket, in front of the run's Firestore and Redis. */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Issue } from "@faultline/contract";
import { deleteApp, initializeApp } from "firebase-admin/app";
import { inject } from "vitest";
import type { Config } from "../src/params.ts";
import { createRuntime, type Runtime } from "../src/runtime.ts";
import { cleanUp } from "./cleanup.ts";
import { firestore } from "./firestore.ts";
import { organization } from "./organization.ts";
import { idToken, type TokenOptions } from "./token.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests assert on what they get
  readonly body: any;
}

export interface Ask {
  readonly as?: Partial<TokenOptions>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface TestApi {
  readonly url: string;
  readonly runtime: Runtime;
  readonly organizationId: string;
  /** Asks as an admin of the organization unless told otherwise; `body` is sent as JSON, a string as it is. */
  ask(method: string, path: string, ask?: Ask): Promise<Answer>;
  /** Reports an issue as the admin. */
  report(fields?: Readonly<Record<string, unknown>>): Promise<Issue>;
  close(): Promise<void>;
}

export const report = {
  buildingId: "library",
  title: "Water under the sink",
  category: "plumbing",
  severity: "high",
} as const;

/**
 * Starts an API with an organization of its own, on the run's Firestore by default; it is closed after the test that started
 * it, or the file's tests.
 */
export async function startApi(
  config: Partial<Config> = {},
  firestoreHost: string = inject("firestoreHost"),
): Promise<TestApi> {
  process.env.FIRESTORE_EMULATOR_HOST = firestoreHost;
  const projectId = inject("projectId");
  const app = initializeApp({ projectId }, randomUUID());
  const runtime = createRuntime(
    {
      projectId,
      redisUrl: inject("redisUrl"),
      isEmulated: true,
      publishTimeoutMs: 5_000,
      retention: { entries: 1_000, seconds: 3_600 },
      allowedOrigins: "any",
      isTraced: false,
      ...config,
    },
    app,
  );
  const { id: organizationId } = await organization(firestore(firestoreHost));
  const server = createServer(runtime.api).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const ask = async (method: string, path: string, { as = {}, body, headers }: Ask = {}): Promise<Answer> => {
    const token = idToken({ projectId, organizationId, role: "admin", uid: "ada", ...as });
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === "" ? undefined : JSON.parse(text),
    };
  };

  const close = async () => {
    server.close();
    server.closeAllConnections();
    runtime.close();
    await deleteApp(app);
  };
  cleanUp(close);
  return {
    url,
    runtime,
    organizationId,
    ask,
    async report(fields = {}) {
      const { status, body } = await ask("POST", "/api/issues", { body: { ...report, ...fields } });
      if (status !== 201) throw new Error(`not reported: ${JSON.stringify(body)}`);
      return body as Issue;
    },
    close,
  };
}
