import { expect, it } from "vitest";
import { ManualClock } from "../../test/clock.ts";
import { Agenda, type Due } from "./agenda.ts";

function agendaUnderTest() {
  const clock = new ManualClock(0);
  const agenda = new Agenda(clock);
  const acted: string[] = [];
  const dueOf = (name: string, then: (due: Due) => void = () => {}): Due => {
    const due = {
      dueAt: 0,
      place: -1,
      act() {
        acted.push(`${name} at ${clock.now()}`);
        then(due);
      },
    };
    return due;
  };
  return { clock, agenda, acted, dueOf };
}

it("everybody acts once, at its time, with one timer for all", () => {
  const { clock, agenda, acted, dueOf } = agendaUnderTest();
  for (const time of [30, 10, 20, 10, 40]) agenda.put(dueOf("one"), time);
  expect(clock.pending).toBe(1);
  clock.advance(25);
  expect(acted).toEqual(["one at 10", "one at 10", "one at 20"]);
  clock.advance(25);
  expect(acted.slice(3)).toEqual(["one at 30", "one at 40"]);
  expect(clock.pending).toBe(0);
});

it("whoever is put to another time acts then, and whoever is struck does not", () => {
  const { clock, agenda, acted, dueOf } = agendaUnderTest();
  const [moved, struck, brought] = [dueOf("moved"), dueOf("struck"), dueOf("brought forward")];
  agenda.put(moved, 10);
  agenda.put(struck, 20);
  agenda.put(brought, 90);
  agenda.put(moved, 50);
  agenda.put(brought, 5);
  agenda.strike(struck);
  agenda.strike(struck);
  clock.advance(100);
  expect(acted).toEqual(["brought forward at 5", "moved at 50"]);
  agenda.put(struck, 150);
  agenda.strike(struck);
  expect(clock.pending).toBe(0);
});

it("whoever acts can put itself on the agenda again, and strike others", () => {
  const { clock, agenda, acted, dueOf } = agendaUnderTest();
  const other = dueOf("other");
  const again = dueOf("again", (due) => {
    agenda.strike(other);
    agenda.put(due, clock.now() + 10);
  });
  agenda.put(again, 10);
  agenda.put(other, 10);
  clock.advance(30);
  expect(acted).toEqual(["again at 10", "again at 20", "again at 30"]);
});

it("whose time has passed acts at once, and thousands leave others a turn in between", () => {
  const { clock, agenda, acted, dueOf } = agendaUnderTest();
  for (let count = 0; count < 1_000; count++) agenda.put(dueOf("late"), -1);
  let seen = 0;
  clock.after(0, () => {
    seen = acted.length;
  });
  clock.advance(0);
  expect(acted).toHaveLength(1_000);
  expect(seen).toBeGreaterThan(0);
  expect(seen).toBeLessThan(1_000);
});

it("the order is right, whatever is put, moved and struck", () => {
  const { clock, agenda, dueOf } = agendaUnderTest();
  let random = 1;
  const next = (below: number) => {
    random = (random * 16_807) % 2_147_483_647;
    return random % below;
  };
  const expected = new Map<Due, number>();
  const times: number[] = [];
  const all = Array.from({ length: 200 }, () =>
    dueOf("one", (due) => {
      expect(expected.get(due)).toBe(clock.now());
      expected.delete(due);
      times.push(clock.now());
    }),
  );
  for (let step = 0; step < 5_000; step++) {
    const due = all[next(all.length)];
    if (!due) throw new Error("no such one");
    const time = clock.now() + 1 + next(500);
    if (next(3) === 0) {
      agenda.strike(due);
      expected.delete(due);
    } else {
      agenda.put(due, time);
      expected.set(due, time);
    }
    if (next(10) === 0) clock.advance(next(50));
  }
  clock.advance(1_000);
  expect(expected.size).toBe(0);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});
