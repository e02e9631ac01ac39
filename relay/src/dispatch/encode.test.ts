import { describe, expect, it } from "vitest";
import { FrameReader, opcodes } from "../../../e2e/wire/frames.ts";
import { issueEvent } from "../../test/fixtures.ts";
import {
  encode,
  lostMessage,
  messageOf,
  socketPacket,
  streamComment,
  streamRecord,
  streamRetry,
  webSocketFrame,
} from "./encode.ts";

const event = { ...issueEvent("org", "library"), id: "7-0" };

describe("a Socket.IO packet", () => {
  it("is an event of the default namespace: type 2 and an array", () => {
    expect(socketPacket(lostMessage("7-0"))).toBe('2["sync:lost",{"position":"7-0"}]');
    expect(JSON.parse(socketPacket(messageOf(event)).slice(1))).toEqual(["issue:created", event]);
  });
});

describe("a record of a stream", () => {
  it("has the id of a log event, its type and its data", () => {
    const [id, name, data, ...rest] = streamRecord(messageOf(event)).split("\n");
    expect([id, name, rest]).toEqual(["id: 7-0", "event: issue:created", ["", ""]]);
    expect(JSON.parse(data?.replace(/^data: /, "") ?? "")).toEqual(event);
  });

  it("has no id when the event has none", () => {
    expect(streamRecord({ name: "sync:lost", data: { position: "7-0" } })).toBe(
      'event: sync:lost\ndata: {"position":"7-0"}\n\n',
    );
  });

  it("keeps every line of its data, and lets nothing out of its field", () => {
    expect(streamRecord({ name: "a", data: "one\ntwo\r\nthree\rfour" })).toBe(
      "event: a\ndata: one\ndata: two\ndata: three\ndata: four\n\n",
    );
    expect(streamRecord({ name: "a\nb", id: "1\r\n2", data: 1 })).toBe("id: 12\nevent: ab\ndata: 1\n\n");
  });

  it("has siblings that are no events", () => {
    expect(streamComment("alive")).toBe(": alive\n\n");
    expect(streamRetry(3_000)).toBe("retry: 3000\n\n");
  });
});

it("a frame's bytes are its text as UTF-8", () => {
  const { text, bytes } = encode("stream", { name: "a", data: "日本語" });
  expect(bytes.toString()).toBe(text);
  expect(bytes.length).toBeGreaterThan(text.length);
});

describe("a WebSocket frame", () => {
  // The length is written in one of three ways.
  const lengths = [0, 1, 60, 100, 125, 126, 200, 65_000, 65_535, 65_536, 300_000];
  const texts = lengths.flatMap((length) => ["x".repeat(length), "日".repeat(length / 3)]);

  it("carries text of any length and script", () => {
    const frames = new FrameReader().push(Buffer.concat(texts.map(webSocketFrame)));
    expect(frames.map(({ payload }) => payload.toString())).toEqual(texts);
    expect(new Set(frames.map(({ opcode }) => opcode))).toEqual(new Set([opcodes.text]));
  });
});
