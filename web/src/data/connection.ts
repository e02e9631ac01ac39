/** What people are told of the connection. */
import type { ConnectionState, Phase } from "@faultline/client";
import { useConnection, useFaultline, usePendingWrites } from "@faultline/client/react";
import { useMemo } from "react";

/** "delayed": the relay is reached, but is itself cut off from what happens. */
export type ShownPhase = Phase | "delayed";

export interface UsedConnection extends Omit<ConnectionState, "phase"> {
  readonly phase: ShownPhase;
  /** Tries again now. */
  readonly retry: () => void;
}

export function useConnectionState(): UsedConnection {
  const { reconnect } = useFaultline();
  const state = useConnection();
  return useMemo(() => ({ ...state, phase: shownPhase(state), retry: reconnect }), [state, reconnect]);
}

/** Writes of this page that the server has not answered yet. */
export function usePendingCount(): number {
  return usePendingWrites().length;
}

/** An attempt after a loss is still the loss: a badge that changes with each attempt would say less. */
function shownPhase({ phase, cause }: ConnectionState): ShownPhase {
  if (phase === "recovering" && cause === "relay-stale") return "delayed";
  if (phase !== "connecting" || cause === undefined) return phase;
  return cause === "offline" ? "offline" : "waiting";
}
