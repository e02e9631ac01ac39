import { existsSync, readFileSync } from "node:fs";
import type { Building } from "@faultline/contract";
import { describe, expect, it } from "vitest";
import { placeOn, readRequests, toIssue } from "./requests.ts";
import { sharedData } from "./testing/data.ts";

const header = "request_id,created_at,closed_at,type,latitude,longitude";
const csv = (...rows: string[]) => [header, ...rows].join("\n");
const good = "r1,2020-01-01 00:05:00,2020-01-02 08:43:00,Graffiti,34.1,-118.4";

describe("readRequests", () => {
  it("reads a request, its times as UTC", () => {
    expect(readRequests(csv(good)).requests).toEqual([
      {
        id: "r1",
        type: "Graffiti",
        location: { lat: 34.1, lng: -118.4 },
        createdAt: new Date("2020-01-01T00:05:00Z"),
        closedAt: new Date("2020-01-02T08:43:00Z"),
      },
    ]);
  });

  it("leaves a request open that was never closed", () => {
    expect(
      readRequests(csv("r1,2020-01-01 00:05:00,,Graffiti,34.1,-118.4")).requests[0]?.closedAt,
    ).toBeUndefined();
  });

  it("puts requests in the order of their creation", () => {
    const { requests } = readRequests(csv(good, "r0,2019-12-31 23:59:00,,Graffiti,34.1,-118.4"));
    expect(requests.map(({ id }) => id)).toEqual(["r0", "r1"]);
  });

  it.each([
    ["a missing id", ",2020-01-01 00:05:00,,T,1,2", "request_id"],
    ["a time in another form", "x,01/02/2020,,T,1,2", "created_at"],
    ["a day that is not on the calendar", "x,2020-02-30 00:00:00,,T,1,2", "created_at"],
    ["a malformed closing time", "x,2020-01-01 00:05:00,soon,T,1,2", "closed_at"],
    ["a closing before the creation", "x,2020-01-02 00:05:00,2020-01-01 00:05:00,T,1,2", "closed_at"],
    ["a missing type", "x,2020-01-01 00:05:00,,,1,2", "type"],
    ["a missing latitude", "x,2020-01-01 00:05:00,,T,,2", "latitude"],
    ["a latitude off the globe", "x,2020-01-01 00:05:00,,T,91,2", "latitude"],
    ["a longitude that is no number", "x,2020-01-01 00:05:00,,T,1,east", "longitude"],
    ["a missing column", "x,2020-01-01 00:05:00,,T,1", "columns"],
    ["an id that was used before", good, "request_id"],
    ["an id that no header can carry", "\u2603,2020-01-01 00:05:00,,T,1,2", "request_id"],
    ["a quote that is never closed", 'x,2020-01-01 00:05:00,,"T,1,2', "Quote"],
    ["a quote in the middle of a cell", 'x,2020-01-01 00:05:00,,T"T,1,2', "Quote"],
  ])("reports %s by its row and keeps what is around it", (_, row, field) => {
    const { requests, problems } = readRequests(csv(good, row, good.replace("r1", "r2"), "x,1"));
    expect(requests.map(({ id }) => id)).toEqual(["r1", "r2"]);
    expect(problems).toEqual([expect.stringMatching(/^row 3: /), "row 5: has 2 columns instead of 6"]);
    expect(problems[0]).toContain(field);
  });

  it("takes commas and quotes inside of quotes, line ends of Windows and a byte order mark", () => {
    const text = `\uFEFF${csv('r1,2020-01-01 00:05:00,,"Graffiti, ""big""",34.1,-118.4')}\r\n`;
    const { requests, problems } = readRequests(text.replaceAll(/\r?\n/g, "\r\n"));
    expect(problems).toEqual([]);
    expect(requests[0]?.type).toBe('Graffiti, "big"');
  });

  it("passes over blank lines, and still counts them", () => {
    const { requests, problems } = readRequests(csv("", good, "", "x,1", ""));
    expect(requests).toHaveLength(1);
    expect(problems).toEqual(["row 5: has 2 columns instead of 6"]);
  });

  it("refuses a file whose header lacks a column, naming it", () => {
    expect(() => readRequests("request_id,created_at\nr1,2020-01-01 00:05:00")).toThrow(
      /closed_at, type, latitude, longitude/,
    );
  });

  it.skipIf(!existsSync(sharedData("service_requests.csv")))("reads a city's recorded requests whole", () => {
    const { requests, problems } = readRequests(readFileSync(sharedData("service_requests.csv"), "utf8"));
    expect(requests).toHaveLength(5_000);
    expect(requests.filter(({ closedAt }) => closedAt)).toHaveLength(4_986);
    expect(problems).toEqual([]);
  });
});

describe("toIssue", () => {
  const [request] = readRequests(csv(good)).requests;
  const building = { id: "library", name: "Library" } as Building;

  it.each([
    ["Graffiti", "cleaning", "medium"],
    ["Water Waste", "plumbing", "high"],
    ["Electronic Waste", "cleaning", "medium"],
    ["Single Streetlight", "electrical", "medium"],
    ["Homeless Encampment", "safety", "high"],
    ["Bulky Items", "grounds", "low"],
    ["Something else", "other", "low"],
  ])("makes %s an issue of category %s and severity %s", (type, category, severity) => {
    if (!request) throw new Error("no request");
    expect(toIssue({ ...request, type }, building)).toMatchObject({
      buildingId: "library",
      category,
      severity,
    });
  });
});

describe("placeOn", () => {
  const building = (id: string, lat: number, lng: number) => ({ id, location: { lat, lng } }) as Building;

  it("lays a history from elsewhere over the campus, corner on corner", () => {
    const { requests } = readRequests(
      csv(
        "sw,2020-01-01 00:00:00,,T,10,20",
        "ne,2020-01-01 00:01:00,,T,11,22",
        "mid,2020-01-01 00:02:00,,T,10.5,21",
      ),
    );
    const buildings = [
      building("south-west", 50, 5),
      building("north-east", 50.1, 5.1),
      building("middle", 50.05, 5.05),
    ];
    const place = placeOn(requests, buildings);
    expect(requests.map((request) => place(request).id)).toEqual(["south-west", "north-east", "middle"]);
  });

  it("finds the only building there is for the only request there is", () => {
    const { requests } = readRequests(csv(good));
    const [request] = requests;
    expect(request && placeOn(requests, [building("only", 1, 1)])(request).id).toBe("only");
  });
});
