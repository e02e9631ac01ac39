/** What people are told of the connection. */
import type { ConnectionState, Phase } from "@faultline/client";
import { useConnection, useFaultline, usePendingWrites } from "@faultline/client/react";
import { useMemo } from "react";

export interface UsedConnection extends ConnectionState {
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
function shownPhase({ phase, cause }: ConnectionState): Phase {
  if (phase !== "connecting" || cause === undefined) return phase;
  return cause === "offline" ? "offline" : "waiting";
}
