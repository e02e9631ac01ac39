import type { Principal } from "@faultline/contract";
import { createContext, useContext } from "react";
import type { Config } from "../config/config.ts";

/** Who works here, and where. */
export interface WorkspaceValue {
  readonly config: Config;
  readonly principal: Principal;
  readonly email: string;
  readonly signOut: () => Promise<void>;
}

export const WorkspaceContext = createContext<WorkspaceValue | undefined>(undefined);

/** Throws outside of `SharedData`. */
export function useWorkspace(): WorkspaceValue {
  const value = useContext(WorkspaceContext);
  if (!value) throw new Error("there is no SharedData around this component");
  return value;
}

/** Another text when what one may see is another. */
export function useScope(): string {
  const { campusIds, buildingIds } = useWorkspace().principal;
  return JSON.stringify([campusIds, buildingIds]);
}
