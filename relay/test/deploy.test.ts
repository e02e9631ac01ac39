/** deploy/relay.service.yaml against the relay's own configuration and Cloud Run's limits. */
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../src/config.ts";
import { streamTiming } from "../src/stream.ts";

const yaml = await readFile(new URL("../../deploy/relay.service.yaml", import.meta.url), "utf8");

/** The one value of a key, as it is written, without quotes. */
function valueOf(key: string): string {
  const values = [...yaml.matchAll(new RegExp(`^\\s*(?:- )?${RegExp.escape?.(key) ?? key}: (.+)$`, "gm"))];
  expect(values, key).toHaveLength(1);
  return values[0]?.[1]?.replace(/^(["'])(.*)\1$/, "$2") ?? "";
}
