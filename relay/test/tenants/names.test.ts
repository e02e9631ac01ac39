/** Crossing into another organization by the name of a room. */
import { redisKeys } from "@faultline/contract";
import { describe, expect, it } from "vitest";
import { cellOf, entryOf, issueEvent } from "../fixtures.ts";
import { type Door, doors, outcomeOf } from "./doors.ts";
import { expectNothingOf, expectOnlyLast, useRivals } from "./rivals.ts";

const rivals = useRivals();
const own = () => rivals.attacker.organizationId;
const theirs = () => rivals.victim.organizationId;

/** Names that mean another tenant's room to somebody who reads carelessly. */
const names: Readonly<Record<string, (own: string, other: string) => string>> = {
  "the foreign room": (_, other) => `org:${other}`,
  "the foreign heat map": (_, other) => `heatmap:${other}`,
  "a way up": (own, other) => `org:${own}/../${other}`,
  "an encoded way up": (own, other) => `org:${own}%2f..%2f${other}`,
  "the other's key": (_, other) => `${other}/org:${other}`,
  "the other's key as an id": (_, other) => `org:${other}/org:${other}`,
  "the other's campus by its key": (_, other) => `campus:${other}/campus:north`,
  "the other's building by its path": (_, other) => `building:../../${other}/buildings/library`,
  "the other's building by its document": (_, other) => `building:organizations/${other}/buildings/library`,
  "a space before": (_, other) => ` org:${other}`,
  "a space after": (_, other) => `org:${other} `,
  "a line break": (own, other) => `org:${own}\norg:${other}`,
  "a carriage return": (own, other) => `org:${own}\r\norg:${other}`,
  "a null byte before": (_, other) => `\0org:${other}`,
  "a null byte after": (_, other) => `org:${other}\0`,
  "a null byte within": (own, other) => `org:${own}\0${other}`,
  "the kind in capitals": (_, other) => `ORG:${other}`,
  "the id in capitals": (_, other) => `org:${other.toUpperCase()}`,
  "a fullwidth colon": (_, other) => `org\uff1a${other}`,
  "a Cyrillic look-alike": (_, other) => `\u043erg:${other}`,
  "a look-alike in the id": (_, other) => `org:${other.replace("o", "\u043e")}`,
  "a fullwidth id": (_, other) => `org:${other.replace("o", "\uff4f")}`,
  "a combining mark": (_, other) => `org:${other}\u0301`,
  "a zero-width space": (_, other) => `org:${other}\u200b`,
  "a right-to-left mark": (_, other) => `org:\u202e${other}`,
  "a byte order mark": (_, other) => `\ufefforg:${other}`,
  "two ids": (own, other) => `org:${own},org:${other}`,
  "two kinds": (_, other) => `org:campus:${other}`,
  everybody: () => "*",
  "everybody of an organization": () => "org:*",
  "everybody's key": (_, other) => `${other}/*`,
  "a pattern": () => "org:org-?*",
  "a hash tag": (_, other) => `org:{${other}}`,
  "the log's key": (_, other) => redisKeys.log(other),
  __proto__: () => "__proto__",
  "org:__proto__": () => "org:__proto__",
  "org:constructor": () => "org:constructor",
  "campus:constructor": () => "campus:constructor",
  "building:toString": () => "building:toString",
  "building:hasOwnProperty": () => "building:hasOwnProperty",
  "campus:__proto__": () => "campus:__proto__",
  "a kind of the prototype": () => "constructor:north",
  "a very long id": (_, other) => `org:${other}${"x".repeat(4_000)}`,
  nothing: () => "",
  "a colon": () => ":",
};

/** Refused for what it is: malformed, foreign or unknown. */
const refusals = /^(400 (room|body)-invalid|403 room-foreign|404 (campus|building)-unknown)$/;

describe("by a room's name", () => {
  it.each(Object.entries(names))(
    "(%s) nobody gets into another organization, through any door",
    async (_, nameOf) => {
      const name = nameOf(own(), theirs());
      for (const door of doors) {
        expect(await door.knock(rivals.url, rivals.attacker.token, [name]), door.name).toMatch(refusals);
        // One foreign room among one's own spoils the whole request, in whichever place.
        expect(
          await door.knock(rivals.url, rivals.attacker.token, [`org:${own()}`, name]),
          door.name,
        ).toMatch(refusals);
        expect(
          await door.knock(rivals.url, rivals.attacker.token, [name, `org:${own()}`]),
          door.name,
        ).toMatch(refusals);
      }
    },
  );

  it.each<readonly [string, (name: string) => unknown]>([
    ["a list within a list", (name) => [[name]]],
    ["an object", (name) => ({ 0: name, length: 1 })],
    ["objects with a kind and an id", (name) => [{ kind: "org", id: name.slice(4) }]],
    ["objects that convert themselves", (name) => [{ toString: name, toJSON: name }]],
    ["bytes", (name) => [Buffer.from(name)]],
    ["null", () => null],
    ["a map", (name) => ({ [name]: true })],
  ])("that is %s no socket gets in", async (_, roomsOf) => {
    const client = await rivals.attack();
    expect(outcomeOf(await client.subscribe(roomsOf(`org:${theirs()}`)))).toBe("400 body-invalid");
    expect(await client.unsubscribe([`campus:north`])).toEqual({ ok: true, rooms: [] });
  });

  it("that is no Unicode no socket gets in", async () => {
    const client = await rivals.attack();
    expect(outcomeOf(await client.subscribe([`org:${theirs()}\ud83d`]))).toBe("400 room-invalid");
  });

  it("of the same campus and building each sees their own", async () => {
    const rooms = ["campus:north", "building:library"];
    const able = doors.filter(({ kinds }) => kinds.includes("building"));
    const enter = async (door: Door) =>
      rivals.keep(await door.open(rivals.url, rivals.attacker.token, rooms));
    const clients = await Promise.all(able.map(enter));
    for (let version = 1; version <= 5; version += 1) {
      const event = issueEvent(theirs(), "library", { version });
      await rivals.victim.publisher.publish(entryOf(event, cellOf("library", version, version)));
    }
    await expectOnlyLast(rivals.attacker, clients);
    expectNothingOf(rivals.victim, clients);
  });
});
