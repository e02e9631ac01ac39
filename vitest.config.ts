import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Tests of the whole that have all their processes to themselves, so that they need not run one after the other. */
const apart = ["e2e/{chaos,fuzz,python,soak}.test.ts", "e2e/chaos/**/*.test.ts"];

const sideBySide = {
  // They wait for sockets and processes as much as they compute; Vitest would leave a core idle beside.
  maxWorkers: availableParallelism() + 1,
};

/** A test of the whole takes longest, and must not be begun when all others are done. */
class WholeFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isWhole = ({ project }: TestSpecification) => Number(project.name === "apart");
    return sorted.sort((one, other) => isWhole(other) - isWhole(one));
  }
}

export default defineConfig({
  test: {
    // What the services log belongs to a failure; for a success it only hides the summary.
    silent: "passed-only",
    sequence: { sequencer: WholeFirst },
    projects: [
      {
        test: {
          name: "unit",
          include: [
            "{contract,identity,functions,relay,local,client,web,bench}/{src,test,react}/**/*.test.ts",
          ],
          globalSetup: ["local/src/testing/services.ts"],
          ...sideBySide,
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
          ...sideBySide,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "apart",
          include: apart,
          ...sideBySide,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["e2e/**/*.test.ts"],
          exclude: apart,
          globalSetup: ["e2e/support/services.ts"],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
