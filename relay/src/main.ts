/** The process: reads the environment, listens, and ends on SIGTERM or SIGINT. */
import { createVerifier, verifyOnce } from "@faultline/identity";
import { initializeApp } from "firebase-admin/app";
import { getFirestore } from "firebase-admin/firestore";
import { createLogger } from "./base/logger.ts";
import { type Config, parseConfig } from "./config.ts";
import { buildRelay } from "./relay.ts";

/** Cloud Run kills ten seconds after SIGTERM; whatever has not ended by then does not end any better. */
const graceMs = 9_000;

function readConfig(): Config {
  try {
    return parseConfig(process.env);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exit(1);
  }
}

const config = readConfig();
const logger = createLogger(config.logLevel);
const { projectId, emulated, redisUrl, origins, polling, front, metricsToken, limits, port } = config;
const app = initializeApp({ projectId });
const firestore = getFirestore(app);
const verify = verifyOnce(createVerifier({ projectId, emulated }));
const relay = buildRelay({
  redisUrl,
  firestore,
  verify,
  origins,
  polling,
  front,
  metricsToken,
  limits,
  logger,
});

async function shutDown(signal: string): Promise<void> {
  logger.info({ signal }, "shutting down");
  setTimeout(() => {
    logger.error("not everything has ended in time");
    process.exit(1);
  }, graceMs).unref();
  await relay.close();
  process.exit(0);
}

// Socket.IO's adapter drops promises: one malformed message in Redis must not end every relay at once.
process.on("unhandledRejection", (error) => logger.error({ error }, "nobody handled a rejection"));
relay.server.once("error", (error) => {
  logger.fatal({ error, port }, "can't listen");
  process.exit(1);
});
relay.server.listen(port, () => logger.info({ address: relay.server.address() }, "listening"));
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void shutDown(signal));
