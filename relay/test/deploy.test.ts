/** What `deploy` sets, against what the relay takes and what Cloud Run allows. */
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../src/config.ts";
import { streamTiming } from "../src/sse/stream.ts";
import { runRelay } from "./relay.ts";
import { useFirestore } from "./services.ts";

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), "utf8");
const service = await read("deploy/relay.service.yaml");
const firestore = useFirestore();

/** What takes the place of a secret and of each placeholder. */
const standIns: Readonly<Record<string, string>> = {
  REDIS_URL: "redis://:secret@10.0.0.3:6379",
  METRICS_TOKEN: "a-token-of-some-length",
  $PROJECT: "demo",
  $ORIGINS: "https://app.example,https://wall.example",
};

/** All values of a key, as text. */
function valuesOf(key: string, yaml = service): readonly string[] {
  return [...yaml.matchAll(new RegExp(`^[ -]*${key}: (.+)$`, "gm"))].map(([, value = ""]) =>
    value.replace(/^(["'])(.*)\1$/, "$2"),
  );
}

function numberOf(key: string, yaml = service): number {
  const [value, ...others] = valuesOf(key, yaml);
  expect(others, key).toEqual([]);
  expect(value, key).toMatch(/^\d+$/);
  return Number(value);
}

/** The container's variables; a secret counts by its name. */
function variables(): Readonly<Record<string, string>> {
  const pattern = /- name: (\w+)\n\s+(?:value: (.+)|valueFrom:\n\s+secretKeyRef:\n\s+name: (\w+))\n/g;
  const found = [...service.matchAll(pattern)].map(([, name = "", value = "", secret = ""]) => {
    const text = value.replace(/^"(.*)"$/, "$1") || secret;
    return [name, standIns[text] ?? text] as const;
  });
  expect(found).toHaveLength(service.match(/- name: /g)?.length ?? 0);
  return Object.fromEntries(found);
}

/** A probe's lines. */
function probe(name: string): string {
  return new RegExp(`^( +)${name}Probe:\n((?:\\1 .*\n)+)`, "m").exec(service)?.[2] ?? "";
}

/** The configuration, or what is wrong with it. */
function outcomeOf(environment: Readonly<Record<string, string>>): unknown {
  try {
    return parseConfig(environment);
  } catch (error) {
    return String(error);
  }
}

describe("the Cloud Run service", () => {
  it("sets all that the relay needs", () => {
    const platform = { PORT: String(numberOf("containerPort")), K_SERVICE: "relay" };
    expect(parseConfig({ ...variables(), ...platform })).toMatchObject({
      projectId: "demo",
      redisUrl: standIns.REDIS_URL,
      origins: ["https://app.example", "https://wall.example"],
      emulated: false,
    });
  });

  it("sets no variable that the relay does not know", () => {
    const environment = variables();
    for (const name of Object.keys(environment)) {
      expect(outcomeOf({ ...environment, [name]: "nonsense" }), name).not.toEqual(outcomeOf(environment));
    }
  });

  it("leaves to Cloud Run what Cloud Run sets", () => {
    for (const name of ["PORT", "K_SERVICE", "K_REVISION", "K_CONFIGURATION"])
      expect(variables()).not.toHaveProperty(name);
  });

  it("keeps within Cloud Run's limits", () => {
    expect(numberOf("containerConcurrency")).toBeLessThanOrEqual(1_000);
    expect(numberOf("timeoutSeconds", service.replace(/Probe:[\s\S]*/, ""))).toBeLessThanOrEqual(3_600);
    expect(numberOf("autoscaling.knative.dev/minScale")).toBeLessThanOrEqual(
      numberOf("autoscaling.knative.dev/maxScale"),
    );
    for (const name of ["startup", "liveness", "readiness"]) {
      const lines = probe(name);
      expect(numberOf("timeoutSeconds", lines), name).toBeLessThanOrEqual(numberOf("periodSeconds", lines));
      expect(numberOf("port", lines), name).toBe(numberOf("containerPort"));
    }
    const startup = probe("startup");
    expect(numberOf("periodSeconds", startup) * numberOf("failureThreshold", startup)).toBeLessThanOrEqual(
      240,
    );
  });

  it("asks the relay for its health where it answers", async () => {
    const relay = await runRelay({ firestore });
    const paths = ["startup", "liveness", "readiness"].map((name) => valuesOf("path", probe(name))[0]);
    expect(paths).toEqual(["/readyz", "/healthz", "/readyz"]);
    for (const path of paths) expect((await fetch(`${relay.url}${path}`)).status, path).toBe(200);
    await relay.close();
  });

  it("has no placeholder that the README does not give a value", async () => {
    const readme = await read("README.md");
    const placeholders = new Set(service.replaceAll(/#.*/g, "").match(/\$\w+/g));
    expect(placeholders.size).toBeGreaterThan(0);
    for (const name of placeholders) expect(readme).toMatch(new RegExp(`\\b${name.slice(1)}=`));
  });
});

describe("the load balancer", () => {
  it("does not take the relay's silence between two heartbeats for its end", async () => {
    const config = await read("deploy/haproxy.cfg");
    for (const name of ["client", "server", "tunnel"]) {
      const [, seconds] = new RegExp(`^ *timeout ${name} (\\d+)s$`, "m").exec(config) ?? [];
      expect(Number(seconds) * 1_000, name).toBeGreaterThan(2 * streamTiming.heartbeatMs);
    }
  });
});
