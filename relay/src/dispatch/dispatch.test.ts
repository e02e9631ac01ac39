import { describe, expect, it } from "vitest";
import { silent } from "../../test/services.ts";
import { createDispatch } from "./dispatch.ts";
import type { Frame, Subscriber, Transport } from "./subscriber.ts";

interface Recorder extends Subscriber {
  readonly frames: Frame[];
  readonly closed: string[];
}

function recorder(transport: Transport, wants: (name: string) => boolean = () => true): Recorder {
  const frames: Frame[] = [];
  const closed: string[] = [];
  return {
    transport,
    wants,
    frames,
    closed,
    send: (frame) => frames.push(frame),
    close: (reason) => closed.push(reason),
  };
}

const message = (name = "issue:created") => ({ name, data: { name } });

describe("dispatch", () => {
  it("sends once to whoever is in several of the rooms", () => {
    const dispatch = createDispatch(silent);
    const [both, one, none] = [recorder("socket"), recorder("socket"), recorder("socket")];
    dispatch.join(both, ["a", "b", "c"]);
    dispatch.join(one, ["b"]);
    dispatch.join(none, ["d"]);
    dispatch.send(message(), ["a", "b", "c", "nowhere"]);
    expect([both, one, none].map(({ frames }) => frames.length)).toEqual([1, 1, 0]);
  });

  it("leaves out whoever is in an excepted room", () => {
    const dispatch = createDispatch(silent);
    const [both, one] = [recorder("socket"), recorder("socket")];
    dispatch.join(both, ["a", "b"]);
    dispatch.join(one, ["a"]);
    dispatch.send(message(), ["a"], ["b", "nowhere"]);
    expect([both, one].map(({ frames }) => frames.length)).toEqual([0, 1]);
  });

  it("encodes once for each transport, and again for nobody who comes later", () => {
    const dispatch = createDispatch(silent);
    const all = (["socket", "socket", "stream", "stream"] as const).map((transport) => recorder(transport));
    for (const subscriber of all) dispatch.join(subscriber, ["a"]);
    const sent = message();
    dispatch.send(sent, ["a"]);
    const late = recorder("stream");
    dispatch.sendTo(late, sent);
    const [socket, otherSocket, stream, otherStream] = all.map(({ frames }) => frames[0]);
    expect(socket).toBe(otherSocket);
    expect(stream).toBe(otherStream);
    expect(late.frames[0]).toBe(stream);
    expect(socket?.text).not.toBe(stream?.text);
  });

  it("sends only what a subscriber wants", () => {
    const dispatch = createDispatch(silent);
    const picky = recorder("stream", (name) => name === "heatmap:updated");
    dispatch.join(picky, ["a"]);
    dispatch.send(message("issue:created"), ["a"]);
    dispatch.send(message("heatmap:updated"), ["a"]);
    dispatch.sendTo(picky, message("stats:updated"));
    expect(picky.frames).toHaveLength(1);
  });

  it("closes a subscriber that fails, and the others get theirs", () => {
    const dispatch = createDispatch(silent);
    const failing: Recorder = {
      ...recorder("socket"),
      send() {
        throw new Error("broken");
      },
    };
    const sound = recorder("socket");
    dispatch.join(failing, ["a"]);
    dispatch.join(sound, ["a"]);
    dispatch.send(message(), ["a"]);
    expect(failing.closed).toEqual(["failed"]);
    expect(sound.frames).toHaveLength(1);
  });

  it("knows no room that everybody has left", () => {
    const dispatch = createDispatch(silent);
    const [one, other] = [recorder("socket"), recorder("stream")];
    dispatch.join(one, ["a", "b"]);
    dispatch.join(other, ["a"]);
    dispatch.leave(one, ["a", "b", "never"]);
    expect(["a", "b"].map((room) => dispatch.hasSubscribers(room))).toEqual([true, false]);
    dispatch.leave(other, ["a"]);
    dispatch.leave(other, ["a"]);
    expect(dispatch.hasSubscribers("a")).toBe(false);
  });
});
