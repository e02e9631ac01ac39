import { type KeyboardEvent, useCallback, useEffect, useState } from "react";
import { isShortcut } from "../ui/keys.ts";
import type { Row } from "./held-rows.ts";

interface RowKeysOptions {
  readonly rows: readonly Row[];
  readonly openId: string | undefined;
  readonly onOpen: (id?: string) => void;
  /** Scrolls a row into sight. */
  readonly reveal: (index: number) => void;
}

const steps: Readonly<Record<string, (index: number, last: number) => number>> = {
  j: (index) => index + 1,
  ArrowDown: (index) => index + 1,
  k: (index) => index - 1,
  ArrowUp: (index) => index - 1,
  PageDown: (index) => index + 10,
  PageUp: (index) => index - 10,
  Home: () => 0,
  End: (_, last) => last,
};

/** The keyboard of the list: j, k and the arrows move the focus, Enter opens, Escape closes; from anywhere on the board. */
export function useRowKeys({ rows, openId, onOpen, reveal }: RowKeysOptions) {
  const [wanted, setIndex] = useState(0);
  const index = Math.min(wanted, rows.length - 1);
  const focus = useCallback(
    (next: number) => {
      setIndex(next);
      reveal(next);
      const row = rowElement(next);
      if (row) row.focus({ preventScroll: true });
      // A row that is far away only exists after the list has scrolled to it.
      else requestAnimationFrame(() => rowElement(next)?.focus({ preventScroll: true }));
    },
    [reveal],
  );
  const handle = (event: Pick<KeyboardEvent, "key" | "preventDefault">): void => {
    const step = steps[event.key];
    if (step) {
      event.preventDefault();
      focus(Math.min(Math.max(0, step(index, rows.length - 1)), rows.length - 1));
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      const row = rows[index];
      if (row) onOpen(row.issue.id);
    }
  };
  useBoardKeys({
    onStep: () => focus(Math.max(0, index)),
    onEscape: openId === undefined ? undefined : onOpen,
  });
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.target instanceof HTMLElement && event.target.role === "row") handle(event);
  };
  return { index, setIndex, onKeyDown };
}

/** Outside the list, j and k go into it, "/" goes to the search, Escape closes the open issue. */
function useBoardKeys({
  onStep,
  onEscape,
}: {
  onStep: () => void;
  onEscape: (() => void) | undefined;
}): void {
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      if (!isShortcut(event)) return;
      if (event.key === "Escape") onEscape?.();
      else if (event.key === "j" || event.key === "k") onStep();
      else if (event.key === "/") document.getElementById("board-search")?.focus();
      else return;
      event.preventDefault();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  });
}

const rowElement = (index: number) => document.querySelector<HTMLElement>(`.grid [data-index="${index}"]`);
