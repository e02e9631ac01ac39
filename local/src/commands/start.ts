/** `npm start`: the whole stack until Ctrl-C. */
import { describeUser } from "../dashboard.ts";
import { demoUsers } from "../demo/organizations.ts";
import { addressesOf, demoPassword, readSettings, type Settings } from "../settings.ts";
import { startStack } from "../stack.ts";

/** Runs the stack; resolves when a signal has ended it and nothing is left. A second signal does not wait. */
export async function start(): Promise<void> {
  const settings = readSettings();
  const interruption = new AbortController();
  const interrupted = new Promise<void>((resolve) => {
    interruption.signal.addEventListener("abort", () => resolve());
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (interruption.signal.aborted) process.exit(130);
      console.log("Stopping ...");
      interruption.abort();
    });
  }
  const redisUrl = process.env.REDIS_URL;
  const stack = await startStack({
    settings,
    log: console.log,
    signal: interruption.signal,
    ...(redisUrl && { redisUrl }),
  }).catch((error: unknown) => {
    if (!interruption.signal.aborted) throw error;
  });
  if (!stack) return;
  console.log(welcome(settings));
  await interrupted;
  await stack.stop();
}

function welcome(settings: Settings): string {
  const { hosting, api, relay } = addressesOf(settings);
  const rows = [
    ["Dashboard", hosting],
    ["", ""],
    ["API", api],
    ["Callables", `http://127.0.0.1:${settings.ports.functions}`],
    ["Relay", relay],
    ["Auth emulator", `http://127.0.0.1:${settings.ports.auth}`],
    ["Firestore", `127.0.0.1:${settings.ports.firestore} (${settings.firestore})`],
    ["Redis", process.env.REDIS_URL ?? `redis://127.0.0.1:${settings.ports.redis}`],
    ["", ""],
    ["Demo login", `password ${demoPassword}`],
    ...demoUsers.map((user) => [user.email, describeUser(user)]),
  ];
  const width = Math.max(...rows.map(([name = ""]) => name.length));
  const table = rows.map(([name = "", value]) => `  ${name.padEnd(width)}  ${value}`).join("\n");
  return `\nFaultline is up.\n\n${table}\n\nWatch it live in another terminal:\n  npm run watch -- --as viewer@riverside.test org:riverside\n\nCtrl-C stops everything.\n`;
}
