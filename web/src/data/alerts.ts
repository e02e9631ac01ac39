/** The maintenance alerts that stand or are to come, and what those do to them who may. */
import type { NewAlert } from "@faultline/client";
import { useFaultline } from "@faultline/client/react";
import type { Alert } from "@faultline/contract";
import {
  createContext,
  createElement,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { useNow } from "../app/now.ts";
import { useConnectionState } from "./connection.ts";
import { useFetched } from "./fetched.ts";
import { useScope } from "./workspace.ts";

export interface Alerts {
  /** The soonest first. */
  readonly alerts: readonly Alert[];
  /** Resolves when the server has taken it; rejects with a `Refusal` or `Unreachable`. */
  readonly create: (alert: NewAlert) => Promise<void>;
  /** Resolves when it is withdrawn; rejects as `create` does. */
  readonly withdraw: (alert: Alert) => Promise<void>;
}

const mostFetched = 200;
const Context = createContext<Alerts | undefined>(undefined);

export function AlertsProvider({ children }: { readonly children: ReactNode }) {
  const { api } = useFaultline();
  const { known, learn } = useKnownAlerts();
  const now = useNow();
  const alerts = useMemo(() => standing(known, now), [known, now]);
  const value = useMemo(
    () => ({
      alerts,
      create: async (alert: NewAlert) => learn(await api.alerts.create(alert)),
      async withdraw(alert: Alert) {
        await api.alerts.cancel(alert.id);
        learn({ ...alert, cancelledAt: new Date().toISOString() });
      },
    }),
    [api, alerts, learn],
  );
  return createElement(Context.Provider, { value }, children);
}

export function useAlerts(): Alerts {
  const alerts = useContext(Context);
  if (!alerts) throw new Error("there is no AlertsProvider around this component");
  return alerts;
}

interface Told {
  readonly alert: Alert;
  readonly number: number;
}

/** What was fetched, and what was told since that fetch began: a withdrawal that was missed is not kept by older news. */
function useKnownAlerts() {
  const client = useFaultline();
  const count = useRef(0);
  const [told, setTold] = useState<readonly Told[]>([]);
  const learn = useCallback((alert: Alert) => {
    count.current += 1;
    const news = { alert, number: count.current };
    setTold((before) => [...before, news]);
  }, []);
  useEffect(() => client.on("maintenance:alert", ({ data }) => learn(data.alert)), [client, learn]);
  const fetched = useFetchedAlerts(count);
  const known = useMemo(() => {
    const news = told.filter(({ number }) => number > (fetched?.after ?? 0)).map(({ alert }) => alert);
    return [...(fetched?.items ?? []), ...news];
  }, [told, fetched]);
  return { known, learn };
}

/** Fetched afresh whenever the connection is back: an alert may have been missed. */
function useFetchedAlerts(count: { readonly current: number }) {
  const { api } = useFaultline();
  const isLive = useConnectionState().phase === "live";
  const scope = useScope();
  return useFetched(
    // biome-ignore lint/correctness/useExhaustiveDependencies: another connection asks again, and another scope
    useCallback(async () => {
      const after = count.current;
      return { after, items: (await api.alerts.list({ limit: mostFetched })).items };
    }, [api, count, isLive, scope]),
  );
}

/** Of an alert that is known twice, the later word counts, but a withdrawal is final. */
function standing(known: readonly Alert[], now: number): readonly Alert[] {
  const gone = new Set(known.filter(({ cancelledAt }) => cancelledAt !== null).map(({ id }) => id));
  const isOver = ({ id, endsAt }: Alert) => gone.has(id) || (endsAt !== null && Date.parse(endsAt) <= now);
  return [...new Map(known.map((alert) => [alert.id, alert])).values()]
    .filter((alert) => !isOver(alert))
    .sort((a, b) => Date.parse(a.startsAt) - Date.parse(b.startsAt));
}
