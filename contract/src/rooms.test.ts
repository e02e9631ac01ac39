import { describe, expect, it } from "vitest";
import { failureOf } from "../test/failures.ts";
import { ids, notIds } from "../test/fields.ts";
import { aPrincipal } from "../test/samples.ts";
import { roles } from "./identity.ts";
import { assertCanSubscribe, formatRoom, type Place, parseRoom, roomKey, roomKinds } from "./rooms.ts";

describe("a room's name", () => {
  it.each(roomKinds.flatMap((kind) => ids.map((id) => `${kind}:${id}`)))(
    "%s is read and written back",
    (name) => {
      expect(formatRoom(parseRoom(name))).toBe(name);
    },
  );

  it.each([
    ...["", ":", "org", "org:", ":riverside", "ORG:riverside", " org:riverside", "room:riverside", "org:a:b"],
    ...["org/riverside", "toString:a", "__proto__:a", "org:riverside ", "org:*"],
    ...notIds.map((id) => `building:${id === 7 || id === null ? "" : id}`),
  ])("%j is refused", (name) => {
    const failure = failureOf(() => parseRoom(name, "rooms.2"));
    expect(failure.toBody()).toMatchObject({ reason: "room-invalid", status: 400, field: "rooms.2" });
  });

  it.each([undefined, null, 7, {}, ["org:riverside"]])("%j is none", (name) => {
    expect(failureOf(() => parseRoom(name)).toBody()).toMatchObject({
      reason: "room-invalid",
      field: "room",
    });
  });
});

describe("a room's key", () => {
  it("starts with the organization of the token", () => {
    expect(roomKey("riverside", { kind: "campus", id: "north" })).toBe("riverside/campus:north");
  });

  it("differs between organizations, kinds and ids", () => {
    const keys = ["riverside", "hillcrest"].flatMap((organization) =>
      roomKinds.flatMap((kind) => ["a", "b"].map((id) => roomKey(organization, { kind, id }))),
    );
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("of another tenant cannot be reached by any name that a room may have", () => {
    for (const name of ["hillcrest/org:hillcrest", "../hillcrest/org:hillcrest"]) {
      expect(failureOf(() => parseRoom(`org:${name}`)).reason).toBe("room-invalid");
    }
  });
});

/** The places of the organization riverside. */
const places: Readonly<Record<string, Place>> = {
  "campus:north": { campusId: "north" },
  "campus:south": { campusId: "south" },
  "building:library": { campusId: "north", buildingId: "library" },
  "building:gym": { campusId: "north", buildingId: "gym" },
  "building:pool": { campusId: "south", buildingId: "pool" },
};

const members = {
  whole: aPrincipal(),
  campus: aPrincipal({ campusIds: ["north"] }),
  building: aPrincipal({ buildingIds: ["library"] }),
  both: aPrincipal({ campusIds: ["south"], buildingIds: ["library"] }),
};

/** "yes", or the reason for which it is refused. */
function answer(principal: (typeof members)["whole"], name: string): string {
  const attempt = () => assertCanSubscribe(principal, parseRoom(name), places[name], "rooms.0");
  try {
    attempt();
    return "yes";
  } catch {
    const failure = failureOf(attempt);
    expect(failure.field).toBe("rooms.0");
    return `${failure.status} ${failure.reason}`;
  }
}

describe("subscribing", () => {
  const outside = "403 scope-exceeded";
  const foreign = "403 room-foreign";
  it.each([
    // room, a member of the whole organization, of campus north, of building library, of campus south and library
    ["org:riverside", "yes", outside, outside, outside],
    ["heatmap:riverside", "yes", outside, outside, outside],
    ["org:hillcrest", foreign, foreign, foreign, foreign],
    ["heatmap:hillcrest", foreign, foreign, foreign, foreign],
    ["campus:north", "yes", "yes", outside, outside],
    ["campus:south", "yes", outside, outside, "yes"],
    ["building:library", "yes", "yes", "yes", "yes"],
    ["building:gym", "yes", "yes", outside, outside],
    ["building:pool", "yes", outside, outside, "yes"],
    ["campus:elsewhere", ...Array.from({ length: 4 }, () => "404 campus-unknown")],
    ["building:elsewhere", ...Array.from({ length: 4 }, () => "404 building-unknown")],
    ["campus:riverside", ...Array.from({ length: 4 }, () => "404 campus-unknown")],
  ])("to %s is answered by scope: %s, %s, %s, %s", (name, ...expected) => {
    expect(Object.values(members).map((principal) => answer(principal, name))).toEqual(expected);
  });

  it.each(roles)("is open to a %s, who may read", (role) => {
    expect(answer(aPrincipal({ role }), "org:riverside")).toBe("yes");
    expect(answer(aPrincipal({ role }), "building:library")).toBe("yes");
  });

  it("is judged by the token's organization, not by where a place of that name exists elsewhere", () => {
    const stranger = aPrincipal({ organizationId: "hillcrest" });
    expect(answer(stranger, "org:riverside")).toBe(foreign);
    expect(failureOf(() => assertCanSubscribe(stranger, parseRoom("campus:north"), undefined)).reason).toBe(
      "campus-unknown",
    );
  });
});
