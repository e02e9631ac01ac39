/** Crossing into another organization by the parts of an HTTP request: query, path, headers, ticket, position. */
import { redisKeys } from "@faultline/contract";
import { describe, expect, it } from "vitest";
import type { Client } from "../client.ts";
import { entryOf, issueEvent } from "../fixtures.ts";
import { openStream } from "../stream.ts";
import { askTicket, bearer, get, pathOf } from "./doors.ts";
import { expectNothingOf, isLast, publishLast, useRivals } from "./rivals.ts";

const rivals = useRivals();
const own = () => rivals.attacker.organizationId;
const theirs = () => rivals.victim.organizationId;

describe("by a request's other parts", () => {
  const ours = () => `room=org:${own()}`;
  const foreign = () => `room=org:${theirs()}`;

  it.each<readonly [string, () => string, string]>([
    ["a second room", () => `${ours()}&${foreign()}`, "403 room-foreign"],
    ["a first room", () => `${foreign()}&${ours()}`, "403 room-foreign"],
    ["an array", () => `room[]=org:${theirs()}`, "400 query-invalid"],
    ["an indexed array", () => `room[0]=org:${theirs()}`, "400 query-invalid"],
    ["an array behind one's own", () => `${ours()}&room[]=org:${theirs()}`, "400 query-invalid"],
    ["an object", () => `room[org]=${theirs()}`, "400 query-invalid"],
    ["another case", () => `${ours()}&ROOM=org:${theirs()}`, "400 query-invalid"],
    ["an encoded name", () => `r%6fom=%6Frg%3A${theirs()}`, "403 room-foreign"],
    ["a name encoded twice", () => `room=org%253A${theirs()}`, "400 room-invalid"],
    ["an overlong encoding", () => `room=org%c0%ba${theirs()}`, "400 room-invalid"],
    ["an encoded surrogate", () => `${foreign()}%ed%a0%bd`, "400 room-invalid"],
    ["broken encoding", () => `room=org:%zz${theirs()}`, "400 room-invalid"],
    ["an organization", () => `${ours()}&organizationId=${theirs()}`, "400 query-invalid"],
    ["a prototype", () => `${ours()}&__proto__[room]=org:${theirs()}`, "400 query-invalid"],
    ["a constructor", () => `${ours()}&constructor=org:${theirs()}`, "400 query-invalid"],
    ["two positions", () => `${ours()}&since=0-0&since=1-0`, "400 query-invalid"],
    ["a semicolon", () => `${ours()};${foreign()}`, "400 room-invalid"],
    ["a fragment", () => `${foreign()}%23`, "400 room-invalid"],
  ])("(%s) no stream goes elsewhere", async (_, query, outcome) => {
    for (const route of ["issues", "heatmap", "stats", "events"])
      expect(await get(rivals.url, `${route}?${query()}`, bearer(rivals.attacker.token)), route).toBe(
        outcome,
      );
  });

  it.each<readonly [string, () => string]>([
    ["the organization", () => `events/org:${theirs()}`],
    ["a way up", () => `events/../../${theirs()}/events`],
    ["a matrix parameter", () => `events;org=${theirs()}`],
    ["an encoded slash", () => `events%2f${theirs()}`],
    ["a null byte", () => "events%00"],
  ])("(a path with %s) there is no stream", async (_, path) => {
    expect(await get(rivals.url, path(), bearer(rivals.attacker.token))).toBe("404 route-unknown");
  });

  it("(headers that name an organization) a stream stays one's own", async () => {
    const headers = {
      ...bearer(rivals.attacker.token),
      "x-organization-id": theirs(),
      "x-forwarded-user": theirs(),
      "x-http-method-override": "POST",
      "x-original-url": `/api/realtime/events?room=org:${theirs()}`,
      cookie: `organizationId=${theirs()}; token=${rivals.victim.token}`,
    };
    for (const route of ["issues", "heatmap", "stats", "events"]) {
      expect(await get(rivals.url, pathOf(route, [`org:${theirs()}`]), headers)).toBe("403 room-foreign");
      expect(await get(rivals.url, pathOf(route, [`org:${own()}`]), headers)).toBe("ok");
    }
  });

  it("(a status for another organization) an admin sees one's own numbers", async () => {
    await rivals.watchEverywhere(rivals.victim);
    const answer = await fetch(`${rivals.url}/api/realtime/status?organizationId=${theirs()}`, {
      headers: { ...bearer(rivals.attacker.token), "x-organization-id": theirs() },
    });
    const { organization } = (await answer.json()) as { organization: unknown };
    expect(organization).toMatchObject({
      id: own(),
      connections: { socket: 0, stream: 0 },
      position: null,
    });
  });
});

describe("by a ticket", () => {
  const ticketOf = async (token: string) => (await askTicket(rivals.url, token)).ticket ?? "";

  it("of one's own nobody gets into another organization, and it is used up by the attempt", async () => {
    const ticket = await ticketOf(rivals.attacker.token);
    expect(await get(rivals.url, `events?room=org:${theirs()}&ticket=${ticket}`, {})).toBe(
      "403 room-foreign",
    );
    expect(await get(rivals.url, `events?room=org:${own()}&ticket=${ticket}`, {})).toBe("401 ticket-invalid");
  });

  it("beside a token the token counts: a stolen ticket adds nothing to it", async () => {
    const ticket = await ticketOf(rivals.victim.token);
    const path = `events?room=org:${theirs()}&ticket=${ticket}`;
    expect(await get(rivals.url, path, bearer(rivals.attacker.token))).toBe("403 room-foreign");
  });

  it.each<readonly [string, (ticket: string) => string]>([
    ["in another case", (ticket) => ticket.toLowerCase()],
    ["with a null byte", (ticket) => `${ticket}%00`],
    ["with a space", (ticket) => `${ticket}%20`],
    ["cut off", (ticket) => ticket.slice(0, -1)],
    ["that is a pattern", () => "*"],
    ["that is a key", () => redisKeys.ticket("*")],
    ["of the prototype", () => "__proto__"],
    ["of nothing", () => ""],
    ["of great length", () => "x".repeat(8_000)],
  ])("%s nobody is let in", async (_, forge) => {
    const ticket = await ticketOf(rivals.victim.token);
    const outcome = await get(rivals.url, `events?ticket=${forge(ticket)}`, {});
    expect(outcome).toBe("401 ticket-invalid");
    expect(await get(rivals.url, `events?ticket=${ticket}`, {})).toBe("ok");
  });

  it("shown as a token, or a token shown as a ticket, nobody is let in", async () => {
    const ticket = await ticketOf(rivals.victim.token);
    expect(await get(rivals.url, "events", bearer(ticket))).toBe("401 token-invalid");
    expect(await get(rivals.url, `events?ticket=${rivals.victim.token}`, {})).toBe("401 ticket-invalid");
  });
});

describe("by a position", () => {
  it("of another organization's log nobody is sent anything of it", async () => {
    const positions: string[] = [];
    const clients: Client[] = [];
    for (let version = 1; version <= 5; version += 1) {
      positions.push(
        await rivals.victim.publisher.publish(entryOf(issueEvent(theirs(), "library", { version }))),
      );
      await rivals.attacker.publisher.publish(entryOf(issueEvent(own(), "library", { version })));
    }
    for (const since of [...positions, "0-0", "999999999999999-0"]) {
      const socket = await rivals.attack();
      clients.push(socket);
      await socket.subscribe([`org:${own()}`, "campus:north"], since);
      const headers = { "Last-Event-ID": since };
      const request = { token: rivals.attacker.token, headers };
      const streams = await Promise.all([
        openStream(rivals.url, `events?room=campus:north&since=${since}`, { token: rivals.attacker.token }),
        openStream(rivals.url, "issues?room=campus:north", request),
      ]);
      clients.push(...streams.map(rivals.keep));
    }
    await publishLast(rivals.attacker);
    for (const { inbox } of clients) await inbox.first(isLast);
    expectNothingOf(rivals.victim, clients);
  });
});
