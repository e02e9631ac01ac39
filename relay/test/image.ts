/**
 * An image, made by hand where there is no container engine: a Dockerfile's instructions, carried out in a folder that
 * stands for the root of each stage. An instruction that is not known here is an error, never passed over.
 */
import { execFile } from "node:child_process";
import { cp, mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";

export interface Image {
  /** The folder that stands for `/`. */
  readonly root: string;
  readonly workdir: string;
  readonly env: Readonly<Record<string, string>>;
  /** Undefined: root. */
  readonly user: string | undefined;
  /** In exec form. */
  readonly command: readonly string[];
}

export interface Build {
  readonly dockerfile: string;
  /** The folder of the files that reach the builder. */
  readonly context: string;
  /** An empty folder, for the stages. */
  readonly folder: string;
}

type Stage = { -readonly [Key in keyof Image]: Image[Key] };
type Step = (stage: Stage, text: string, sourceOf: (from: string | undefined) => string) => Promise<void>;

/** Gives the last stage's image. */
export async function buildImage({ dockerfile, context, folder }: Build): Promise<Image> {
  const roots = new Map<string, string>();
  const sourceOf = (from: string | undefined): string => {
    if (from === undefined) return context;
    const root = roots.get(from);
    if (root === undefined) throw new Error(`COPY --from=${from}: there is no such stage.`);
    return root;
  };
  let stage: Stage | undefined;
  for (const [name, text] of instructionsOf(dockerfile)) {
    if (name === "FROM") {
      stage = newStage(join(folder, String(roots.size)));
      await mkdir(stage.root);
      roots.set(/ AS (\S+)$/i.exec(text)?.[1] ?? "", stage.root);
      continue;
    }
    const step = steps[name];
    if (!stage || !step) throw new Error(`${name} can't be carried out here.`);
    await step(stage, text, sourceOf);
  }
  if (!stage) throw new Error("The Dockerfile has no FROM.");
  return stage;
}

/** What a Dockerfile copies from its context. */
export function copiedFiles(dockerfile: string): readonly string[] {
  return instructionsOf(dockerfile)
    .filter(([name, text]) => name === "COPY" && !text.startsWith("--from="))
    .flatMap(([, text]) => text.split(/\s+/).slice(0, -1));
}

function newStage(root: string): Stage {
  return { root, workdir: "/", env: {}, user: undefined, command: [] };
}

function instructionsOf(dockerfile: string): readonly (readonly [string, string])[] {
  return dockerfile
    .replaceAll("\\\n", " ")
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("#"))
    .map((line) => {
      const [, name = "", text = ""] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
      return [name, text] as const;
    });
}

const steps: Readonly<Record<string, Step>> = {
  async WORKDIR(stage, text) {
    stage.workdir = text;
    await mkdir(join(stage.root, text), { recursive: true });
  },
  async ENV(stage, text) {
    const [name = "", value = ""] = text.split("=", 2);
    stage.env = { ...stage.env, [name]: value };
  },
  async USER(stage, text) {
    stage.user = text;
  },
  async CMD(stage, text) {
    stage.command = JSON.parse(text) as string[];
  },
  async RUN(stage, text) {
    const options = { cwd: join(stage.root, stage.workdir), env: { ...process.env, ...stage.env } };
    await promisify(execFile)("sh", ["-c", text], options);
  },
  async COPY(stage, text, sourceOf) {
    const words = text.split(/\s+/);
    const from = words[0]?.startsWith("--from=") ? words.shift()?.slice("--from=".length) : undefined;
    const target = words.pop() ?? "";
    const place = join(stage.root, target.startsWith("/") ? "" : stage.workdir, target);
    for (const file of words) {
      const to = target.endsWith("/") ? join(place, basename(file)) : place;
      await cp(join(sourceOf(from), file), to, { recursive: true, verbatimSymlinks: true });
    }
  },
};
