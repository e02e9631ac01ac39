import { describe, expect, it } from "vitest";
import { describeFields } from "../test/fields.ts";
import {
  authenticateSchema,
  roomsPerRequest,
  socketPath,
  subscribeSchema,
  unsubscribeSchema,
} from "./relay.ts";

const most = Array.from({ length: roomsPerRequest }, (_, index) => `building:${index}`);
const rooms = {
  accepts: [["org:riverside"], most, ["x".repeat(128)]],
  refuses: ["org:riverside", [], null, [...most, "building:one-more"], [7], ["x".repeat(129)]],
  at: (value: unknown) => (Array.isArray(value) && value.length === 1 ? "0" : ""),
};

describe("a subscribe message", () => {
  const since = {
    accepts: ["0-0", "1732345678901-3"],
    refuses: ["", "now", 0, null, "1-2-3"],
    optional: true,
  };
  describeFields(subscribeSchema, { rooms: ["org:riverside"] }, { rooms, since });
});

describe("an unsubscribe message", () => {
  describeFields(unsubscribeSchema, { rooms: ["org:riverside"] }, { rooms });
});

describe("an authenticate message", () => {
  const token = { accepts: ["", "a.b.c", "x".repeat(8_192)], refuses: ["x".repeat(8_193), 7, null, {}] };
  describeFields(authenticateSchema, { token: "a.b.c" }, { token });
});

it("Socket.IO is served where the design says", () => {
  expect(socketPath).toBe("/api/realtime/socket.io");
});
