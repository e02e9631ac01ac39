import { useState } from "react";
import { useAlerts } from "../data/alerts.ts";
import { text } from "../text/index.ts";
import { AlertLine } from "./AlertLine.tsx";

interface AlertBannersProps {
  /** Whether they stay, for a display that nobody presses. */
  readonly isStill?: boolean;
}

/** The maintenance alerts that stand, until one has dismissed them or they are over. */
export function AlertBanners({ isStill = false }: AlertBannersProps) {
  const { alerts } = useAlerts();
  const [dismissed, setDismissed] = useState<ReadonlySet<string>>(new Set());
  const shown = alerts.filter(({ id }) => !dismissed.has(id));
  return (
    <section className="banners" aria-label={text.alerts.title}>
      {shown.map((alert) => (
        <div key={alert.id} className="banner">
          <AlertLine alert={alert} />
          {!isStill && (
            <button
              type="button"
              className="button plain"
              onClick={() => setDismissed((before) => new Set([...before, alert.id]))}
            >
              {text.notices.dismiss}
            </button>
          )}
        </div>
      ))}
    </section>
  );
}
