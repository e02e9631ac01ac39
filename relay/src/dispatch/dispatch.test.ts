import { describe, expect, it } from "vitest";
import { createRecorder, type Recorder } from "../../test/recorder.ts";
import { silent } from "../../test/services.ts";
import { createDispatch, type Dispatch, type SendOptions } from "./dispatch.ts";
import type { Message } from "./encode.ts";
import type { Reach } from "./post.ts";

const message = (name = "issue:created") => ({ name, data: { name } });

/** Resolves when everybody has it: on a busy machine that may be later than at once. */
const sent = (dispatch: Dispatch, message: Message, rooms: readonly string[], options: SendOptions = {}) =>
  new Promise<Reach>((onSent) => dispatch.send(message, rooms, { ...options, onSent }));

describe("dispatch", () => {
  it("sends once to whoever is in several of the rooms", async () => {
    const dispatch = createDispatch(silent);
    const [both, one, none] = [
      createRecorder({ transport: "socket" }),
      createRecorder({ transport: "socket" }),
      createRecorder({ transport: "socket" }),
    ];
    dispatch.join(both, ["a", "b", "c"]);
    dispatch.join(one, ["b"]);
    dispatch.join(none, ["d"]);
    await sent(dispatch, message(), ["a", "b", "c", "nowhere"]);
    expect([both, one, none].map(({ frames }) => frames.length)).toEqual([1, 1, 0]);
  });

  it("leaves out whoever is in an excepted room", async () => {
    const dispatch = createDispatch(silent);
    const [both, one] = [createRecorder({ transport: "socket" }), createRecorder({ transport: "socket" })];
    dispatch.join(both, ["a", "b"]);
    dispatch.join(one, ["a"]);
    await sent(dispatch, message(), ["a"], { except: ["b", "nowhere"] });
    expect([both, one].map(({ frames }) => frames.length)).toEqual([0, 1]);
  });

  it("encodes once for each transport, and again for nobody who comes later", async () => {
    const dispatch = createDispatch(silent);
    const all = (["socket", "socket", "stream", "stream"] as const).map((transport) =>
      createRecorder({ transport }),
    );
    for (const subscriber of all) dispatch.join(subscriber, ["a"]);
    const first = message();
    await sent(dispatch, first, ["a"]);
    const late = createRecorder({ transport: "stream" });
    dispatch.sendTo(late, first);
    const [socket, otherSocket, stream, otherStream] = all.map(({ frames }) => frames[0]);
    expect(socket).toBe(otherSocket);
    expect(stream).toBe(otherStream);
    expect(late.frames[0]).toBe(stream);
    expect(socket?.text).not.toBe(stream?.text);
  });

  it("sends only what a subscriber wants", async () => {
    const dispatch = createDispatch(silent);
    const picky = createRecorder({ transport: "stream", wants: (name) => name === "heatmap:updated" });
    dispatch.join(picky, ["a"]);
    await sent(dispatch, message("issue:created"), ["a"]);
    await sent(dispatch, message("heatmap:updated"), ["a"]);
    dispatch.sendTo(picky, message("stats:updated"));
    dispatch.flush(picky);
    expect(picky.frames).toHaveLength(1);
  });

  it("closes a subscriber that fails, and the others get theirs", async () => {
    const dispatch = createDispatch(silent);
    const failing: Recorder = {
      ...createRecorder({ transport: "socket" }),
      write() {
        throw new Error("broken");
      },
    };
    const sound = createRecorder({ transport: "socket" });
    dispatch.join(failing, ["a"]);
    dispatch.join(sound, ["a"]);
    await sent(dispatch, message(), ["a"]);
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

  describe("while the relay is busy", () => {
    /** Has sent something in this tick already: what comes now waits for the next. */
    function busy() {
      const dispatch = createDispatch(silent);
      const [ann, ben] = [createRecorder(), createRecorder()];
      dispatch.join(ann, ["org/a"]);
      dispatch.join(ben, ["org/a"]);
      dispatch.send(message("first"), ["org/a"]);
      const send = (name: string, rooms = ["org/a"]) =>
        new Promise<Reach>((onSent) => dispatch.send(message(name), rooms, { onSent }));
      return { dispatch, ann, ben, send };
    }

    it("writes what comes together in one piece, shared by all, and then tells whom it reached", async () => {
      const { ann, ben, send } = busy();
      expect(await Promise.all([send("second"), send("third")])).toEqual([
        { socket: 2, stream: 0 },
        { socket: 2, stream: 0 },
      ]);
      expect(ann.names()).toEqual(["first", "second", "third"]);
      expect(ann.batches).toHaveLength(2);
      expect(ann.batches[1]).toBe(ben.batches[1]);
    });

    it("writes first what waits before what was asked for", () => {
      const { dispatch, ann, ben, send } = busy();
      void send("second");
      dispatch.sendTo(ann, message("asked"));
      expect(ann.names()).toEqual(["first", "second", "asked"]);
      expect(ben.names()).toEqual(["first"]);
    });

    it("gives whoever leaves what came before, and whoever enters nothing of that", async () => {
      const { dispatch, ann, ben, send } = busy();
      const cat = createRecorder();
      const second = send("second", ["org/a", "org/b"]);
      dispatch.leave(ann, ["org/a"]);
      dispatch.join(ben, ["org/b"]);
      dispatch.join(cat, ["org/a", "org/b"]);
      await Promise.all([second, send("third", ["org/b"]), send("fourth")]);
      expect([ann, ben, cat].map((recorder) => recorder.names())).toEqual([
        ["first", "second"],
        ["first", "second", "third", "fourth"],
        ["third", "fourth"],
      ]);
    });

    it("has nothing left, once everybody has it, for whoever comes later", async () => {
      const { dispatch, ann, send } = busy();
      for (let round = 0; round < 3; round++) await send(`${round}`);
      const late = createRecorder();
      dispatch.join(late, ["org/a"]);
      await send("last");
      expect(late.names()).toEqual(["last"]);
      expect(ann.names()).toEqual(["first", "0", "1", "2", "last"]);
    });

    it("gets to a small room before a large one is done", async () => {
      const { dispatch, ann, send } = busy();
      const slow = createRecorder({
        onFrame: () => {
          const until = performance.now() + 0.2;
          while (performance.now() < until);
        },
      });
      for (let count = 0; count < 500; count++) dispatch.join({ ...slow }, ["org/large"]);
      dispatch.join(ann, ["org/small"]);
      let isDone = false;
      const large = send("large", ["org/large"]).then(() => {
        isDone = true;
      });
      await send("small", ["org/small"]);
      expect([isDone, ann.names().at(-1)]).toEqual([false, "small"]);
      await large;
      expect(slow.frames).toHaveLength(500);
    });
  });
});
