import "./dom.ts";

import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { rootDir } from "@faultline/local/emulators";
import { cleanup, render, waitFor } from "@testing-library/react";
import { build } from "esbuild";
import { createElement } from "react";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { leak, type Stack, startStack } from "./stack.ts";

const client = join(rootDir, "client");
/** Below the package, so that what the examples import is found. */
const folder = join(client, "lib", "examples");

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
  await mkdir(folder, { recursive: true });
});
afterEach(cleanup);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The code blocks of a text in a language, one after another. */
function blocks(text: string, language: string): readonly string[] {
  return [...text.matchAll(new RegExp(`^ *\`\`\`${language}\n([\\s\\S]*?)^ *\`\`\``, "gm"))].map(
    ([, code = ""]) => code,
  );
}

/** Runs code as a module, with the test's addresses for those of the example; gives its exports and what it logged. */
async function run(name: string, code: string) {
  const contents = code
    .replaceAll("https://faultline.example/api", stack.api)
    .replaceAll("https://relay.faultline.example", stack.relay);
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: client, loader: "tsx" },
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    jsx: "automatic",
    alias: {
      "@faultline/client": join(client, "src", "index.ts"),
      "@faultline/client/react": join(client, "react", "index.ts"),
    },
    external: ["socket.io-client", "react", "react/jsx-runtime"],
  });
  const file = join(folder, `${name}.mjs`);
  await writeFile(file, outputFiles[0]?.contents ?? "");
  const logged: unknown[][] = [];
  const log = vi.spyOn(console, "log").mockImplementation((...values: unknown[]) => void logged.push(values));
  onTestFinished(() => log.mockRestore());
  Object.assign(globalThis, { user: { getIdToken: () => stack.token() } });
  const exports = await import(/* @vite-ignore */ pathToFileURL(file).href);
  return { logged, exports };
}

describe("the README", () => {
  it("has examples that do what it says, from the first to the last", async () => {
    await stack.as().issues.create({ ...leak, severity: "critical" });
    const readme = await readFile(join(client, "README.md"), "utf8");
    const { logged } = await run("readme", blocks(readme, "ts").join("\n"));
    const told = logged.map((values) => values.join(" "));
    expect(told).toContain("ready 1 false");
    expect(told).toContain("weight 15");
    expect(told).toContain("now 2");
    expect(told).toContain("resolved Water under the stacks");
    expect(told).toContain("told issue:created");
    expect(told).toContain("issue-unknown");
    expect(told).toContain("connection live socket");
  });

  it("has a component that shows what is critical", async () => {
    await stack.as().issues.create({ ...leak, severity: "critical", title: "Gas" });
    const readme = await readFile(join(client, "README.md"), "utf8");
    const { exports } = await run("react", blocks(readme, "tsx").join("\n"));
    const { container } = render(createElement(exports.Page, { faultline: stack.open() }));
    await waitFor(() => expect(container.querySelector("li")?.textContent).toBe("Gas"), { timeout: 8_000 });
  });
});

describe("the documentation in the code", () => {
  it.each(["src/faultline.ts", "src/api/api.ts"])("of %s has examples that work", async (path) => {
    const source = (await readFile(join(client, path), "utf8")).replace(/^ *\* ?/gm, "");
    const examples = blocks(source, "ts");
    expect(examples.length).toBeGreaterThan(0);
    const prelude =
      'import { createApi, createFaultline } from "@faultline/client"; const getToken = () => user.getIdToken();';
    for (const [at, example] of examples.entries())
      await expect(
        run(`${path.replaceAll("/", "-")}-${at}`, `${prelude}\n${example}`),
      ).resolves.toBeDefined();
  });
});
