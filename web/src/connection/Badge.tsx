/** What the connection is doing, in a word; and in a sentence for who asks. */
import { useRef } from "react";
import { useConnectionState, usePendingCount } from "../data/connection.ts";
import { formatClock } from "../text/format.ts";
import { text } from "../text/index.ts";
import { useDismiss } from "../ui/dismiss.ts";
import { ToneIcon, toneOf } from "./tone.tsx";

export function Badge() {
  const { phase, since, transport, retry } = useConnectionState();
  const pending = usePendingCount();
  const menu = useRef<HTMLDetailsElement>(null);
  useDismiss(menu);
  const tone = toneOf(phase);
  const isCutOff = phase === "waiting" || phase === "offline" || phase === "closed";
  const isBehind = isCutOff || phase === "delayed";
  const sinceText = isBehind ? text.connection.since(formatClock(since)) : "";
  return (
    <details className="menu" ref={menu}>
      <summary className="badge" data-tone={tone} data-phase={phase}>
        <ToneIcon tone={tone} />
        <span role="status">
          <span className="sr-only">{text.connection.details}: </span>
          {text.connection[phase]} <span className="badge-since">{sinceText}</span>
          {pending > 0 && <span className="badge-pending"> · {text.connection.pending(pending)}</span>}
        </span>
      </summary>
      <div className="menu-panel">
        <p>{text.connection.explain[phase]}</p>
        {isBehind && <p className="soft">{text.connection.since(formatClock(since))}</p>}
        {phase === "live" && transport === "stream" && <p className="soft">{text.connection.stream}</p>}
        {pending > 0 && <p>{text.connection.pending(pending)}</p>}
        {isCutOff && (
          <button type="button" className="button" onClick={retry}>
            {text.connection.retry}
          </button>
        )}
      </div>
    </details>
  );
}
