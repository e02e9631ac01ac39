/** Tokens that are none, or say what no token says. */
import type { Random } from "../support/random.ts";
import type { Tokens } from "./attack.ts";
import { mutate, oddJson } from "./mutate.ts";

const claims = [
  "organizationId",
  "role",
  "campusIds",
  "buildingIds",
  "sub",
  "iss",
  "aud",
  "exp",
  "iat",
  "name",
] as const;

/** A token whose claims, or whose own form, are malformed. */
export function oddToken(random: Random, { good, forge }: Tokens): string {
  const makers: readonly [() => string, ...(() => string)[]] = [
    () => forge(random.pick(claims), oddJson(random)),
    () =>
      mutate(random, Buffer.from(good))
        .toString("latin1")
        .replaceAll(/[^\x21-\x7e]/g, ""),
    () => `${Buffer.from(oddJson(random)).toString("base64url").slice(0, 8_000)}.e30.`,
    () => `${good.split(".")[0]}.${Buffer.from(oddJson(random)).toString("base64url").slice(0, 8_000)}.`,
    () => good.replaceAll(".", ".."),
  ];
  return random.pick(makers)();
}
