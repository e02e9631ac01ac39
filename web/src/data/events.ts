import { useFaultline } from "@faultline/client/react";
import type { FaultlineEvent } from "@faultline/contract";
import { useEffect } from "react";

const types = ["issue:created", "issue:updated", "maintenance:alert"] as const;

/** Tells of new and changed issues and of alerts, as they happen. */
export function useEvents(listener: (event: FaultlineEvent) => void): void {
  const client = useFaultline();
  useEffect(() => {
    const ends = types.map((type) => client.on(type, listener));
    return () => {
      for (const end of ends) end();
    };
  }, [client, listener]);
}
