import { expect, it } from "vitest";
import { createRecorder, type Recorder } from "../../test/recorder.ts";
import { Feed } from "./feed.ts";
import { Post, type Reach } from "./post.ts";
import { Room } from "./room.ts";

/** A room whose visits the test makes, one by one if it likes. */
function roomUnderTest() {
  const feed = new Feed();
  const room = new Room(feed, (subscriber, audience) => {
    const batch = feed.take(subscriber, audience);
    if (batch) subscriber.write(batch);
  });
  const told: string[] = [];
  const reaches = new Map<string, Reach>();
  const post = (name: string) => {
    const frame = { text: `2${JSON.stringify([name])}`, bytes: Buffer.from(name) };
    const each = new Post({
      name,
      audiences: [room.audience],
      except: [],
      frameOf: () => frame,
      onSent: (reach) => {
        told.push(name);
        reaches.set(name, reach);
      },
    });
    feed.add(each);
    room.add(each);
  };
  const enter = (subscriber = createRecorder()): Recorder => {
    subscriber.feed = feed;
    subscriber.next = feed.end;
    room.audience.add(subscriber);
    return subscriber;
  };
  const leave = (subscriber: Recorder) => {
    const batch = feed.take(subscriber);
    if (batch) subscriber.write(batch);
    room.audience.delete(subscriber);
  };
  return { room, post, enter, leave, told, reaches };
}

it("everybody is visited once for a post, and then nothing is left to do", () => {
  const { room, post, enter, told, reaches } = roomUnderTest();
  const all = [enter(), enter(), enter()];
  for (const name of ["first", "second"]) {
    post(name);
    expect([room.goOn(2), told.includes(name)]).toEqual([false, false]);
    expect([room.goOn(2), told.includes(name)]).toEqual([true, true]);
    expect(reaches.get(name)).toEqual({ socket: 3, stream: 0 });
  }
  for (const { batches } of all) expect(batches).toHaveLength(2);
});

it("what comes during a round is brought by the same round to those ahead, in one write, and by the next to the others", () => {
  const { room, post, enter, told } = roomUnderTest();
  const [ann, ben, cat] = [enter(), enter(), enter()];
  post("a");
  room.goOn(1);
  post("b");
  room.goOn(1);
  post("c");
  expect(room.goOn(1)).toBe(false);
  expect([ann, ben, cat].map((each) => each.names())).toEqual([["a"], ["a", "b"], ["a", "b", "c"]]);
  expect(cat.batches).toHaveLength(1);
  // The end of the round is found, and then those before the post are visited.
  expect([room.goOn(2), told]).toEqual([false, ["a", "b"]]);
  expect([room.goOn(1), told]).toEqual([true, ["a", "b", "c"]]);
  for (const each of [ann, ben, cat]) expect(each.names()).toEqual(["a", "b", "c"]);
  expect(ann.batches).toHaveLength(2);
});

it("what is posted by a visit reaches the one who is just being visited, too", () => {
  const { room, post, enter } = roomUnderTest();
  const all = [
    enter(),
    enter(createRecorder({ onFrame: ({ text }) => text.includes("a") && post("b") })),
    enter(),
  ];
  post("a");
  while (!room.goOn(1));
  for (const each of all) expect(each.names()).toEqual(["a", "b"]);
});

it("a post is done with though all have left meanwhile", () => {
  const { room, post, enter, leave, told } = roomUnderTest();
  const all = [enter(), enter()];
  post("a");
  room.goOn(1);
  post("b");
  for (const each of all) leave(each);
  expect([room.goOn(10), told]).toEqual([true, ["a", "b"]]);
  for (const each of all) expect(each.names()).toEqual(["a", "b"]);
});

it("everybody gets exactly what was posted while they were there, and it is told once all have it", () => {
  const { room, post, enter, leave, told } = roomUnderTest();
  let random = 1;
  const next = (below: number) => {
    random = (random * 16_807) % 2_147_483_647;
    return random % below;
  };
  const present = new Map<Recorder, string[]>();
  const gone: [Recorder, string[]][] = [];
  const sent: string[] = [];
  for (let step = 0; step < 20_000; step++) {
    const kind = next(20);
    if (kind === 0) present.set(enter(), []);
    else if (kind === 1) {
      const [left] = [...present].slice(next(present.size + 1));
      if (left) {
        leave(left[0]);
        present.delete(left[0]);
        gone.push(left);
      }
    } else if (kind < 4) {
      sent.push(`${step}`);
      for (const expected of present.values()) expected.push(`${step}`);
      post(`${step}`);
    } else room.goOn(1 + next(3));
    for (const name of told.splice(0)) {
      expect(name).toBe(sent.shift());
      for (const [recorder, expected] of present)
        if (expected.includes(name)) expect(recorder.names()).toContain(name);
    }
  }
  while (!room.goOn(1));
  expect(told.splice(0)).toEqual(sent);
  expect(gone.length).toBeGreaterThan(100);
  for (const [recorder, expected] of [...gone, ...present]) expect(recorder.names()).toEqual(expected);
});
