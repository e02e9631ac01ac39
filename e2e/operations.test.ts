/** docs/OPERATIONS.md and deploy/alerts.yaml against what the code measures and reads. */
import { readdir, readFile } from "node:fs/promises";
import { declaredParams } from "firebase-functions/params";
import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { environmentSchema as functionsSchema } from "../functions/src/params.ts";
import { settingsSchema as localSchema } from "../local/src/settings.ts";
import { environmentSchema as relaySchema } from "../relay/src/config.ts";
import { createInstruments } from "../relay/src/metrics/instruments.ts";
import { createMetrics } from "../relay/src/metrics/prometheus.ts";

const root = new URL("../", import.meta.url);
const read = (path: string) => readFile(new URL(path, root), "utf8");
const page = await read("docs/OPERATIONS.md");
const alerts = await read("deploy/alerts.yaml");

/** The cells of the tables below a heading, down to the next. */
function rowsOf(heading: string): readonly (readonly string[])[] {
  const [, section = ""] = page.split(`# ${heading}\n`);
  const [text = ""] = section.split(/^#/m);
  return [...text.matchAll(/^\| (`.*) \|$/gm)].map(([, row = ""]) => row.split(" | "));
}

/** What stands in backticks. */
const names = (cell = "") => [...cell.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name);
const firstNames = (heading: string) => rowsOf(heading).flatMap(([cell]) => names(cell));
const sorted = (values: Iterable<string>) => [...values].sort();

/** The names that a relay gives Prometheus. */
async function exposed(): Promise<readonly string[]> {
  const text = await createMetrics("0.0.0").exposition.text();
  return [...text.matchAll(/^# TYPE (\w+) /gm)].map(([, name = ""]) => name);
}

/** The names that follow `process.env.` in the sources of a workspace. */
async function readDirectly(workspace: string): Promise<readonly string[]> {
  const files = (await readdir(new URL(`${workspace}/src`, root), { recursive: true })).filter(
    (file) => file.endsWith(".ts") && !file.endsWith(".test.ts"),
  );
  const sources = await Promise.all(files.map((file) => read(`${workspace}/src/${file}`)));
  return sources.flatMap((source) =>
    [...source.matchAll(/process\.env\.([A-Z_]+)\b(?! \??\??=)/g)].map(([, name = ""]) => name),
  );
}

describe("the page for operators", () => {
  it("has every metric, and none that does not exist", async () => {
    const documented = [...firstNames("Metrics of the relay"), ...firstNames("Metrics of the process")];
    expect(sorted(documented)).toEqual(sorted(await exposed()));
  });

  it("has every label of the relay's metrics", () => {
    const instrument = z.object({ name: z.string(), labelNames: z.array(z.string()) });
    const inCode = Object.values(createInstruments(new Registry())).map((each) => instrument.parse(each));
    const documented = rowsOf("Metrics of the relay").map(([name, labels]) => ({
      name: names(name)[0] ?? "",
      labelNames: names(labels),
    }));
    const byName = (list: readonly z.infer<typeof instrument>[]) =>
      Object.fromEntries(list.map(({ name, labelNames }) => [name, sorted(labelNames)]));
    expect(byName(documented)).toEqual(byName(inCode));
  });

  it("has every variable of the relay, and none that does not exist", async () => {
    expect(await readDirectly("relay")).toEqual([]);
    expect(sorted(firstNames("The relay's variables"))).toEqual(sorted(Object.keys(relaySchema.shape)));
  });

  it("has every parameter of the functions, and none that does not exist", () => {
    const declared = declaredParams.map(({ name }) => name);
    const inCode = new Set([...declared, ...Object.keys(functionsSchema.shape)]);
    expect(declared).toContain("FAULTLINE_REGION");
    expect(sorted(firstNames("The functions' parameters"))).toEqual(sorted(inCode));
  });

  it("has every variable of the local stack, and none that does not exist", async () => {
    const inCode = new Set([...Object.keys(localSchema.shape), ...(await readDirectly("local"))]);
    expect(sorted(firstNames("The local stack's variables"))).toEqual(sorted(inCode));
  });

  it("says of every alert what to do", () => {
    const defined = [...alerts.matchAll(/^ +- alert: (\w+)$/gm)].map(([, name = ""]) => name);
    expect(defined.length).toBeGreaterThan(0);
    expect(sorted(firstNames("What to alert on"))).toEqual(sorted(defined));
  });
});

describe("the alert rules", () => {
  it("name only metrics and labels that exist", async () => {
    const known = new Set(await exposed());
    const used = [...alerts.matchAll(/\b(?:faultline_relay|process|nodejs)_\w+/g)].map(([name]) => name);
    expect(used.length).toBeGreaterThan(0);
    for (const name of used) expect(known).toContain(name.replace(/_(?:bucket|sum|count)$/, ""));
    const labels = new Set(rowsOf("Metrics of the relay").flatMap(([, cell]) => names(cell)));
    const matched = [...alerts.matchAll(/[{,](\w+)=~?"/g)].map(([, label = ""]) => label);
    for (const label of matched) expect(labels).toContain(label);
  });

  it("and the page's questions name only metrics that exist", async () => {
    const known = new Set(await exposed());
    const used = [...page.matchAll(/\b(?:faultline_relay|process|nodejs)_[a-z0-9_]+/g)].map(([name]) => name);
    for (const name of used) expect(known).toContain(name);
  });
});
