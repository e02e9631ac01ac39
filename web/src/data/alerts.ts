/** The maintenance alerts that stand or are to come. */
import { useFaultline } from "@faultline/client/react";
import type { Alert } from "@faultline/contract";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useNow } from "../app/now.ts";
import { useConnectionState } from "./connection.ts";
import { useFetched } from "./fetched.ts";

/** The soonest first. */
export function useAlerts(): readonly Alert[] {
  const now = useNow();
  const fetched = useFetchedAlerts();
  const told = useToldAlerts();
  return useMemo(() => {
    const all = new Map([...(fetched ?? []), ...told].map((alert) => [alert.id, alert]));
    const isOver = ({ cancelledAt, endsAt }: Alert) =>
      cancelledAt !== null || (endsAt !== null && Date.parse(endsAt) <= now);
    return [...all.values()]
      .filter((alert) => !isOver(alert))
      .sort((a, b) => Date.parse(a.startsAt) - Date.parse(b.startsAt));
  }, [fetched, told, now]);
}

/** Fetched afresh whenever the connection is back: an alert may have been missed. */
function useFetchedAlerts(): readonly Alert[] | undefined {
  const { api } = useFaultline();
  const isLive = useConnectionState().phase === "live";
  // biome-ignore lint/correctness/useExhaustiveDependencies: another connection asks again
  return useFetched(useCallback(async () => (await api.alerts.list()).items, [api, isLive]));
}

function useToldAlerts(): readonly Alert[] {
  const client = useFaultline();
  const [told, setTold] = useState<readonly Alert[]>([]);
  useEffect(
    () => client.on("maintenance:alert", ({ data }) => setTold((before) => [...before, data.alert])),
    [client],
  );
  return told;
}
