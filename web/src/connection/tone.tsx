import type { ReactNode } from "react";
import type { ShownPhase } from "../data/connection.ts";

/** Good: what one sees is so. Busy: it will be in a moment. Bad: it may be old. */
export type Tone = "good" | "busy" | "bad";

const tones: Readonly<Record<ShownPhase, Tone>> = {
  idle: "busy",
  connecting: "busy",
  recovering: "busy",
  live: "good",
  delayed: "bad",
  waiting: "bad",
  offline: "bad",
  closed: "bad",
};

export function toneOf(phase: ShownPhase): Tone {
  return tones[phase];
}

const shapes: Readonly<Record<Tone, ReactNode>> = {
  good: <circle cx="7" cy="7" r="4.5" fill="currentColor" stroke="none" />,
  busy: <path className="turn" d="M7 1.8A5.2 5.2 0 1 1 1.8 7" />,
  bad: <path d="M7 1.5 13 12.5H1Z M7 5.5v3M7 10.5v.1" />,
};

export function ToneIcon({ tone }: { readonly tone: Tone }) {
  return (
    <svg
      width="14"
      height="14"
      viewBox="0 0 14 14"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {shapes[tone]}
    </svg>
  );
}
