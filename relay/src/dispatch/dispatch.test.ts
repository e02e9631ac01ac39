import { describe, expect, it } from "vitest";
import { createRecorder, type Recorder } from "../../test/recorder.ts";
import { silent } from "../../test/services.ts";
import { createDispatch } from "./dispatch.ts";

const message = (name = "issue:created") => ({ name, data: { name } });

describe("dispatch", () => {
  it("sends once to whoever is in several of the rooms", () => {
    const dispatch = createDispatch(silent);
    const [both, one, none] = [
      createRecorder({ transport: "socket" }),
      createRecorder({ transport: "socket" }),
      createRecorder({ transport: "socket" }),
    ];
    dispatch.join(both, ["a", "b", "c"]);
    dispatch.join(one, ["b"]);
    dispatch.join(none, ["d"]);
    dispatch.send(message(), ["a", "b", "c", "nowhere"]);
    expect([both, one, none].map(({ frames }) => frames.length)).toEqual([1, 1, 0]);
  });

  it("leaves out whoever is in an excepted room", () => {
    const dispatch = createDispatch(silent);
    const [both, one] = [createRecorder({ transport: "socket" }), createRecorder({ transport: "socket" })];
    dispatch.join(both, ["a", "b"]);
    dispatch.join(one, ["a"]);
    dispatch.send(message(), ["a"], { except: ["b", "nowhere"] });
    expect([both, one].map(({ frames }) => frames.length)).toEqual([0, 1]);
  });

  it("encodes once for each transport, and again for nobody who comes later", () => {
    const dispatch = createDispatch(silent);
    const all = (["socket", "socket", "stream", "stream"] as const).map((transport) =>
      createRecorder({ transport }),
    );
    for (const subscriber of all) dispatch.join(subscriber, ["a"]);
    const sent = message();
    dispatch.send(sent, ["a"]);
    const late = createRecorder({ transport: "stream" });
    dispatch.sendTo(late, sent);
    const [socket, otherSocket, stream, otherStream] = all.map(({ frames }) => frames[0]);
    expect(socket).toBe(otherSocket);
    expect(stream).toBe(otherStream);
    expect(late.frames[0]).toBe(stream);
    expect(socket?.text).not.toBe(stream?.text);
  });

  it("sends only what a subscriber wants", () => {
    const dispatch = createDispatch(silent);
    const picky = createRecorder({ transport: "stream", wants: (name) => name === "heatmap:updated" });
    dispatch.join(picky, ["a"]);
    dispatch.send(message("issue:created"), ["a"]);
    dispatch.send(message("heatmap:updated"), ["a"]);
    dispatch.sendTo(picky, message("stats:updated"));
    expect(picky.frames).toHaveLength(1);
  });

  it("closes a subscriber that fails, and the others get theirs", () => {
    const dispatch = createDispatch(silent);
    const failing: Recorder = {
      ...createRecorder({ transport: "socket" }),
      flush() {
        throw new Error("broken");
      },
    };
    const sound = createRecorder({ transport: "socket" });
    dispatch.join(failing, ["a"]);
    dispatch.join(sound, ["a"]);
    dispatch.send(message(), ["a"]);
    expect(failing.closed).toEqual(["failed"]);
    expect(sound.frames).toHaveLength(1);
  });

  it("knows no room that everybody has left", () => {
    const dispatch = createDispatch(silent);
    const [one, other] = [createRecorder({ transport: "socket" }), createRecorder({ transport: "stream" })];
    dispatch.join(one, ["a", "b"]);
    dispatch.join(other, ["a"]);
    dispatch.leave(one, ["a", "b", "never"]);
    expect(["a", "b"].map((room) => dispatch.hasSubscribers(room))).toEqual([true, false]);
    dispatch.leave(other, ["a"]);
    dispatch.leave(other, ["a"]);
    expect(dispatch.hasSubscribers("a")).toBe(false);
  });
});
