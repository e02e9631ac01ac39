/** The Firebase CLI's own Auth emulator, in this process: the real thing, without starting the CLI. */
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { cleanUp } from "./cleanup.ts";

interface AuthServer {
  createApp(projectId: string): Promise<RequestListener>;
}

/** Starts it and has firebase-admin use it; it is stopped with the test or the file that started it. */
export async function startAuth(projectId: string): Promise<void> {
  const path = "firebase-tools/lib/emulator/auth/server.js";
  const { createApp } = createRequire(import.meta.url)(path) as AuthServer;
  const server = createServer(await createApp(projectId)).listen(0, "127.0.0.1");
  await once(server, "listening");
  process.env.FIREBASE_AUTH_EMULATOR_HOST = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  cleanUp(() => {
    server.close();
    server.closeAllConnections();
  });
}
