/** The functions as the Functions runtime serves them: bodies are read and parsed before a function sees the request. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import express from "express";
import { deleteApp, getApp } from "firebase-admin/app";
import { inject } from "vitest";
import { cleanUp } from "./cleanup.ts";

export type Functions = typeof import("../src/index.ts");

export interface Framework {
  readonly functions: Functions;
  /** `${url}/api/issues` is the function `api` at `/issues`. */
  readonly url: string;
}

/**
 * Loads the functions with the environment that they have in the cloud, where each has a process of its own; this one is
 * `target`'s. Ended after the test that called it, or the file's tests.
 */
export async function startFramework(target: string): Promise<Framework> {
  Object.assign(process.env, {
    FUNCTION_TARGET: target,
    GCLOUD_PROJECT: inject("projectId"),
    REDIS_URL: inject("redisUrl"),
    FIRESTORE_EMULATOR_HOST: inject("firestoreHost"),
    FIREBASE_AUTH_EMULATOR_HOST: "127.0.0.1:1",
  });
  const functions = await import("../src/index.ts");
  const { runtime } = await import("../src/runtime.ts");
  const server = serve(functions).listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanUp(async () => {
    server.close();
    server.closeAllConnections();
    runtime().close();
    await deleteApp(getApp());
  });
  return { functions, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** As github.com/GoogleCloudPlatform/functions-framework-nodejs parses bodies (src/server.ts), in its order. */
function serve(functions: Functions) {
  const app = express();
  const options = {
    limit: "1024mb",
    verify: (request: unknown, _response: unknown, bytes: Buffer) => {
      Object.assign(request as object, { rawBody: bytes });
    },
  };
  app.use(
    express.json(options),
    express.text(options),
    express.urlencoded({ ...options, extended: true }),
    express.raw({ ...options, type: "*/*" }),
  );
  const {
    onIssueWritten: _issues,
    onAlertWritten: _alerts,
    onMemberWritten: _members,
    reconcileLog: _sweep,
    ...served
  } = functions;
  for (const [name, handler] of Object.entries(served)) {
    app.use(`/${name}`, (request, response) => handler(request as Parameters<typeof handler>[0], response));
  }
  return app;
}
