/** The functions as they are deployed, over HTTP: one instance. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { rootDir } from "@faultline/local/emulators";
import { freePort, startProcess, waitUntil, whenReady } from "@faultline/local/process";
import type { Ground } from "../ground.ts";
import { pin } from "../process.ts";

export interface Api {
  readonly pid: number;
  readonly url: string;
  stop(): Promise<void>;
}

export async function startApi({ backend, cores }: Ground): Promise<Api> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/api`;
  const bundle = join(rootDir, "functions", "lib", "index.js");
  const instance = startProcess(process.execPath, [join(rootDir, "e2e", "lib", "instance.js")], {
    env: {
      ...process.env,
      METADATA_SERVER_DETECTION: "none",
      GCLOUD_PROJECT: backend.projectId,
      FIREBASE_AUTH_EMULATOR_HOST: "127.0.0.1:9", // unsigned tokens are taken; nobody has to listen there
      FIRESTORE_EMULATOR_HOST: backend.firestore.address,
      REDIS_URL: backend.redisUrl,
      PORT: String(port),
      FUNCTION_TARGET: "api",
      FUNCTIONS_BUNDLE: pathToFileURL(bundle).href,
    },
  });
  const answers = () => fetch(url).then(Boolean, () => false);
  await whenReady(instance, waitUntil(answers, { what: "the API", of: instance }));
  const pid = instance.child.pid ?? 0;
  await pin(pid, cores?.server);
  return { pid, url, stop: () => instance.stop("SIGKILL") };
}
