import "../../../client/test/dom.ts";

import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { useCalm } from "./calm.ts";

const everyMs = 100;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

/** Renders with each value; gives all that was shown, in order. */
function showing(first: string) {
  const shown: string[] = [];
  const { rerender } = renderHook(
    ({ value }) => {
      const calm = useCalm(value, everyMs);
      if (calm !== shown.at(-1)) shown.push(calm);
    },
    { initialProps: { value: first } },
  );
  return { shown, change: (value: string) => rerender({ value }) };
}

const pass = (ms: number) => act(() => vi.advanceTimersByTime(ms));

describe("a calmed value", () => {
  it("is there at once when it comes after a pause", () => {
    const { shown, change } = showing("first");
    change("second");
    expect(shown).toEqual(["first", "second"]);
    pass(everyMs);
    change("third");
    expect(shown).toEqual(["first", "second", "third"]);
  });

  it("is the newest of a burst, when the time is over that began with the one before", () => {
    const { shown, change } = showing("first");
    for (const value of ["second", "third", "fourth"]) change(value);
    pass(everyMs - 1);
    change("fifth");
    expect(shown).toEqual(["first", "second"]);
    pass(1);
    expect(shown).toEqual(["first", "second", "fifth"]);
  });

  it("is not shown when it was taken back in time", () => {
    const { shown, change } = showing("first");
    change("second");
    change("third");
    change("second");
    pass(everyMs);
    expect(shown).toEqual(["first", "second"]);
  });

  it("may be a function, which is not called", () => {
    const value = vi.fn();
    const { result } = renderHook(() => useCalm(value, everyMs));
    expect(result.current).toBe(value);
    expect(value).not.toHaveBeenCalled();
  });
});
