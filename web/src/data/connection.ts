/** What people are told of the connection. */
import type { ConnectionState } from "@faultline/client";
import { useConnection, useFaultline, usePendingWrites } from "@faultline/client/react";
import {
  createContext,
  createElement,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useState,
} from "react";

export interface UsedConnection extends ConnectionState {
  /** Since when it is as `phase` says; while cut off, since it was live last, however often it has been tried since. */
  readonly since: number;
  /** Tries again now. */
  readonly retry: () => void;
}

const Context = createContext<UsedConnection | undefined>(undefined);

/** Remembers, for as long as the page lives, when the connection was lost. */
export function ConnectionProvider({ children }: { readonly children: ReactNode }) {
  const { reconnect } = useFaultline();
  const state = useConnection();
  const lostAt = useLostAt(state);
  const value = useMemo(() => ({ ...shownAs(state, lostAt), retry: reconnect }), [state, lostAt, reconnect]);
  return createElement(Context.Provider, { value }, children);
}

export function useConnectionState(): UsedConnection {
  const connection = useContext(Context);
  if (!connection) throw new Error("there is no ConnectionProvider around this component");
  return connection;
}

/** Writes of this page that the server has not answered yet. */
export function usePendingCount(): number {
  return usePendingWrites().length;
}

/** When it ceased to be live; undefined while it is, and before it first was. */
function useLostAt({ phase, since }: ConnectionState): number | undefined {
  const [isKnown, setIsKnown] = useState(false);
  const [lostAt, setLostAt] = useState<number>();
  useEffect(() => {
    if (phase === "live") {
      setIsKnown(true);
      setLostAt(undefined);
    } else if (isKnown) setLostAt((before) => before ?? since);
  }, [phase, since, isKnown]);
  return lostAt;
}

/** An attempt after a loss is still the loss: a badge that changes with each attempt would say less. */
function shownAs(state: ConnectionState, lostAt: number | undefined): ConnectionState {
  if (lostAt === undefined) return state;
  return { ...state, phase: state.phase === "connecting" ? "waiting" : state.phase, since: lostAt };
}
