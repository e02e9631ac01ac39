import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // What the services log belongs to a failure; for a success it only hides the summary.
    silent: "passed-only",
    projects: [
      {
        test: {
          name: "unit",
          include: [
            "{contract,identity,functions,relay,local,client,web,bench}/{src,test,react}/**/*.test.ts",
          ],
          globalSetup: ["local/src/testing/services.ts"],
          // They wait for sockets and processes as much as they compute; Vitest would leave a core idle beside.
          maxWorkers: availableParallelism() + 1,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        // What is promised to clients holds on both fronts: these once more, with stock Socket.IO.
        test: {
          name: "stock",
          include: [
            "client/test/{connection,cuts,live,staleness,tabs,writes}.test.ts",
            "relay/src/{delivery,slow_consumers}.test.ts",
            "relay/src/connections/*.test.ts",
            "relay/src/replay/{crowd,replay}.test.ts",
            "relay/src/ws/{handshake,inbound,ws}.test.ts",
          ],
          globalSetup: ["local/src/testing/services.ts"],
          env: { FAULTLINE_FRONT: "stock" },
          maxWorkers: availableParallelism() + 1,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["e2e/**/*.test.ts"],
          globalSetup: ["e2e/support/services.ts"],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
