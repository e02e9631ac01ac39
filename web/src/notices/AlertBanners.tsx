import { useState } from "react";
import { useNow } from "../app/now.ts";
import { useAlerts } from "../data/alerts.ts";
import { usePlaces } from "../data/places.ts";
import { formatMoment } from "../text/format.ts";
import { text } from "../text/index.ts";
import { SeverityMark } from "../ui/marks.tsx";

interface AlertBannersProps {
  /** Whether they stay, for a display that nobody presses. */
  readonly isStill?: boolean;
}

/** The maintenance alerts that stand, until one has dismissed them or they are over. */
export function AlertBanners({ isStill = false }: AlertBannersProps) {
  const alerts = useAlerts();
  const now = useNow();
  const { placeName } = usePlaces();
  const [dismissed, setDismissed] = useState<ReadonlySet<string>>(new Set());
  const shown = alerts.filter(({ id }) => !dismissed.has(id));
  return (
    <div className="banners">
      {shown.map((alert) => (
        <div key={alert.id} className="banner">
          <SeverityMark severity={alert.severity} />
          <strong>{placeName(alert)}</strong>
          <span>{alert.message}</span>
          {Date.parse(alert.startsAt) > now && (
            <span className="soft">{text.notices.from(formatMoment(alert.startsAt))}</span>
          )}
          {alert.endsAt !== null && (
            <span className="soft">{text.notices.until(formatMoment(alert.endsAt))}</span>
          )}
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
    </div>
  );
}
