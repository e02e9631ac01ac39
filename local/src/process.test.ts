import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { startProcess, waitUntil } from "./process.ts";

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe("startProcess", () => {
  it("stops a process and what it has started itself", async () => {
    const script = `const { spawn } = require("child_process");
      console.log("child " + spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]).pid);
      setInterval(() => {}, 1000);`;
    const parent = startProcess(process.execPath, ["-e", script]);
    const pid = await waitUntil(() => Number(/child (\d+)/.exec(parent.output())?.[1]) || undefined, {
      what: "the child",
      of: parent,
    });
    await parent.stop();
    await waitUntil(() => !isAlive(pid), { what: "the end of the child" });
    expect(isAlive(parent.child.pid as number)).toBe(false);
  });

  it("kills a process that ignores the signal, after the grace", async () => {
    const stubborn = startProcess(process.execPath, [
      "-e",
      `process.on("SIGTERM", () => {}); console.log("up"); setInterval(() => {}, 1000);`,
    ]);
    await waitUntil(() => stubborn.output().includes("up"), { what: "the start", of: stubborn });
    await stubborn.stop("SIGTERM", 50);
    expect(stubborn.child.signalCode).toBe("SIGKILL");
  });

  it("hands on the output line by line", async () => {
    const lines: string[] = [];
    const speaker = startProcess(process.execPath, ["-e", `console.log("one\\ntwo")`], {
      onLine: (line) => lines.push(line),
    });
    await waitUntil(() => lines.length === 2, { what: "two lines" });
    expect(lines).toEqual(["one", "two"]);
    await speaker.stop();
  });

  it("hands on a line whole that comes in pieces", async () => {
    const lines: string[] = [];
    const script = `const bytes = Buffer.from("für\\nzwei\\n");
      process.stdout.write(bytes.subarray(0, 2), () => setTimeout(() => process.stdout.write(bytes.subarray(2)), 20));`;
    const speaker = startProcess(process.execPath, ["-e", script], { onLine: (line) => lines.push(line) });
    await speaker.closed;
    expect(lines).toEqual(["für", "zwei"]);
    expect(speaker.output()).toBe("für\nzwei\n");
    await speaker.stop();
  });

  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)(
    "leaves nothing behind when %s ends its parent",
    async (signal) => {
      const { outputFiles } = await build({
        stdin: { contents: PARENT, resolveDir: import.meta.dirname, loader: "ts" },
        bundle: true,
        write: false,
        platform: "node",
        format: "esm",
      });
      const parent = startProcess(process.execPath, [
        "--input-type=module",
        "-e",
        outputFiles[0]?.text ?? "",
      ]);
      const pid = await waitUntil(() => Number(/child (\d+)/.exec(parent.output())?.[1]) || undefined, {
        what: "the child",
        of: parent,
      });
      process.kill(parent.child.pid as number, signal);
      await parent.closed;
      await waitUntil(() => !isAlive(pid), { what: "the end of the child" });
    },
  );

  it("ends quietly when the program does not exist", async () => {
    const missing = startProcess("no-such-program-here", []);
    await missing.stop();
    expect(missing.output()).toContain("ENOENT");
  });
});

describe("waitUntil", () => {
  it("gives up with what it waited for", async () => {
    await expect(waitUntil(() => false, { what: "The moon", timeoutMs: 1, everyMs: 1 })).rejects.toThrow(
      "The moon: not within 1 ms",
    );
  });

  it("gives up at once when the process has ended, with what that printed", async () => {
    const failing = startProcess(process.execPath, ["-e", `console.error("no luck"); process.exit(3)`]);
    await expect(waitUntil(() => false, { what: "Luck", of: failing })).rejects.toThrow(
      /Luck: the process ended[\s\S]*no luck/,
    );
  });

  it("gives up when it is told to", async () => {
    const abort = new AbortController();
    abort.abort();
    await expect(waitUntil(() => false, { what: "Nothing", signal: abort.signal })).rejects.toThrow(/abort/i);
  });
});

const PARENT = `
  import { startProcess } from "./process.ts";
  const { child } = startProcess(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  console.log("child " + child.pid);
`;
