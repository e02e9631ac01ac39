import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { rootDir } from "@faultline/local/emulators";
import { beforeAll, describe, expect, it } from "vitest";

const client = join(rootDir, "client");
const node = async (...args: readonly string[]) =>
  (await promisify(execFile)(process.execPath, args, { cwd: client })).stdout.trim();

beforeAll(() => node("build.mjs"));

describe("the built package", () => {
  it("is loaded by plain Node, and lets it end after a client was closed", async () => {
    const program = `
      import { createFaultline } from "@faultline/client";
      const nobody = { api: "http://127.0.0.1:9/api", relay: "http://127.0.0.1:9" };
      const getToken = () => "a." + btoa(JSON.stringify({ sub: "ada", organizationId: "riverside" })) + ".";
      const faultline = createFaultline({ ...nobody, getToken });
      faultline.watchIssues().subscribe(() => {});
      faultline.issues.comment("leak", "Still wet").catch((error) => console.log(error.name));
      faultline.connection.subscribe(() => {
        if (faultline.connection.getSnapshot().phase === "waiting") faultline.close();
      });
    `;
    expect(await node("--input-type=module", "--eval", program)).toBe("Unreachable");
  });

  it("has the hooks beside it, which need React and nothing else", async () => {
    const program = `import * as hooks from "@faultline/client/react"; console.log(Object.keys(hooks).join());`;
    expect(await node("--input-type=module", "--eval", program)).toBe(
      "FaultlineProvider,useConnection,useFaultline,useHeatmap,useIssue,useIssues,usePendingWrites,useStats",
    );
  });
});
