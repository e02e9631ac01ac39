/** Crossing into another organization by what a client sends as if it were a server, and by what a log holds. */
import { memberChangeName, pushName } from "@faultline/contract";
import { describe, expect, it } from "vitest";
import { cellOf, entryOf, issueEvent } from "../fixtures.ts";
import { unsignedToken } from "../tokens.ts";
import { bearer, get, outcomeOf } from "./doors.ts";
import { expectNothingOf, expectOnlyLast, isLast, publishLast, useRivals } from "./rivals.ts";

const rivals = useRivals();
const own = () => rivals.attacker.organizationId;
const theirs = () => rivals.victim.organizationId;

describe("by what a socket sends", () => {
  const forgedPush = (position: string, previous: string) => ({
    position,
    previous,
    ...entryOf(issueEvent(theirs(), "library", { version: 66 }), cellOf("library", 66, 66)),
  });

  it("as if it were a server, nobody is told anything", async () => {
    const position = await rivals.victim.publisher.publish(entryOf(issueEvent(theirs(), "pier")));
    const watchers = await rivals.watchEverywhere(rivals.victim);
    const { socket, ...client } = await rivals.attack();
    await client.subscribe([`org:${own()}`]);
    const push = forgedPush(`${Number.parseInt(position, 10) + 1}-0`, position);
    const removal = {
      uid: rivals.victim.uid,
      organizationId: theirs(),
      claims: null,
      at: new Date().toISOString(),
    };
    const close = { reason: "access-revoked", retry: "never", retryAfterMs: 0 };
    for (const [name, data] of [
      [pushName, push],
      [memberChangeName, removal],
      ["issue:created", push.event],
      ["heatmap:updated", push.event],
      ["sync:lost", { position }],
      ["session:closed", close],
      ["relay:stale", { since: new Date().toISOString() }],
      ["relay:draining", { reconnectAfterMs: 0 }],
      ["serverSideEmit", [pushName, push]],
      ["broadcast", { rooms: [`${theirs()}/org:${theirs()}`], packet: push.event }],
      ["join", `${theirs()}/org:${theirs()}`],
      ["connection", push],
    ] as const) {
      socket.emit(name, data);
      socket.emit(name, data, () => {});
      socket.volatile.emit(name, data);
    }
    // Answered after all of the above.
    expect(await client.unsubscribe(["campus:north"])).toMatchObject({ ok: true });
    await expectOnlyLast(rivals.victim, watchers);
  });

  it("to another namespace nobody gets, whatever its name", async () => {
    const { socket } = await rivals.attack();
    for (const name of ["/admin", `/${theirs()}`, `/org:${theirs()}`, "/*", "/__proto__", "/constructor"]) {
      const other = socket.io.socket(name, { auth: { token: rivals.attacker.token } });
      const error = await new Promise<Error>((resolve, reject) => {
        other.once("connect", () => reject(new Error(`${name} was opened`)));
        other.once("connect_error", resolve).connect();
      });
      expect(error.message, name).toBe("Invalid namespace");
    }
  });

  it.each<readonly [string, () => string]>([
    ["somebody else's", () => rivals.victim.token],
    [
      "one's own in another organization",
      () => unsignedToken({ uid: rivals.attacker.uid, organizationId: theirs() }),
    ],
    [
      "somebody else's in one's own organization",
      () => unsignedToken({ uid: "other", organizationId: own() }),
    ],
  ])("as a fresh token (%s) nobody becomes another on a live connection", async (_, tokenOf) => {
    const watchers = await rivals.watchEverywhere(rivals.victim);
    const client = await rivals.attack();
    const answer = await client.socket.timeout(8_000).emitWithAck("authenticate", { token: tokenOf() });
    expect(answer).toMatchObject({
      ok: false,
      error: { status: 401, reason: "token-invalid", field: "token" },
    });
    expect(outcomeOf(await client.subscribe([`org:${theirs()}`]))).toBe("403 room-foreign");
    expect(outcomeOf(await client.subscribe([`org:${own()}`]))).toBe("ok");
    await expectOnlyLast(rivals.victim, watchers);
    await publishLast(rivals.attacker);
    await client.inbox.first(isLast);
    expectNothingOf(rivals.victim, [client]);
  });

  it("for unsubscribing, nobody else loses a room", async () => {
    const watchers = await rivals.watchEverywhere(rivals.victim);
    const client = await rivals.attack();
    await client.unsubscribe([`org:${theirs()}`, "campus:north", "building:library"]);
    await expectOnlyLast(rivals.victim, watchers);
  });
});

describe("by an issue", () => {
  it("in a building or campus of another organization nobody there is told anything", async () => {
    const watchers = await rivals.watchEverywhere(rivals.victim);
    const event = issueEvent(own(), "library", { version: 5 });
    await rivals.attacker.publisher.publish(
      entryOf({ ...event, campusId: theirs() }, cellOf("library", 5, 5)),
    );
    await rivals.attacker.publisher.publish(
      entryOf({ ...event, buildingId: theirs() }, cellOf("library", 6, 6)),
    );
    await rivals.attacker.publisher.publish(entryOf(event, cellOf("library", 7, 7)));
    await expectOnlyLast(rivals.victim, watchers);
    expectNothingOf(rivals.attacker, watchers);
  });

  it("that claims to be another organization's, in one's own log, nobody there is told anything", async () => {
    const watchers = await rivals.watchEverywhere(rivals.victim);
    const client = await rivals.attack();
    await client.subscribe([`org:${own()}`]);
    await rivals.attacker.publisher.append(entryOf(issueEvent(theirs(), "library", { version: 5 })));
    await rivals.attacker.publisher.publish(entryOf(issueEvent(own(), "library", { version: 6 })));
    await client.inbox.first(({ data }) => data.version === 6);
    await expectOnlyLast(rivals.victim, watchers);
  });
});

describe("what an operator reads", () => {
  it("names neither organizations nor users nor rooms", async () => {
    await rivals.watchEverywhere(rivals.victim);
    await get(rivals.url, `events?room=org:${theirs()}`, bearer(rivals.attacker.token));
    await publishLast(rivals.victim);
    const text = await (await fetch(`${rivals.url}/metrics`)).text();
    for (const name of [theirs(), own(), "library", "north"]) expect(text).not.toContain(name);
  });
});
