import type { ConnectionState } from "@faultline/client";
import { useConnection, useFaultline, usePendingWrites } from "@faultline/client/react";

export interface UsedConnection extends ConnectionState {
  /** Tries again now. */
  readonly retry: () => void;
}

export function useConnectionState(): UsedConnection {
  const { reconnect } = useFaultline();
  return { ...useConnection(), retry: reconnect };
}

/** Writes of this page that the server has not answered yet. */
export function usePendingCount(): number {
  return usePendingWrites().length;
}
