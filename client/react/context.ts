/** The client that the components below a provider use. */
import { createContext, createElement, type ReactNode, useContext } from "react";
import type { Faultline } from "../src/index.ts";

const Context = createContext<Faultline | undefined>(undefined);

export interface FaultlineProviderProps {
  readonly client: Faultline;
  readonly children?: ReactNode;
}

/** Whoever made the client closes it; the provider does not, since React may mount it twice. */
export function FaultlineProvider({ client, children }: FaultlineProviderProps) {
  return createElement(Context.Provider, { value: client }, children);
}

/** The client of the nearest `FaultlineProvider`; throws without one. */
export function useFaultline(): Faultline {
  const client = useContext(Context);
  if (!client) throw new Error("There is no FaultlineProvider around this component.");
  return client;
}
