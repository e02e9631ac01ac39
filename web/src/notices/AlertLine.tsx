import type { Alert } from "@faultline/contract";
import { useNow } from "../app/now.ts";
import { usePlaces } from "../data/places.ts";
import { formatMoment } from "../text/format.ts";
import { text } from "../text/index.ts";
import { SeverityMark } from "../ui/marks.tsx";

/** A maintenance alert in a line: how bad, where, what, and when. */
export function AlertLine({ alert }: { readonly alert: Alert }) {
  const { severity, message, startsAt, endsAt } = alert;
  const now = useNow();
  const { placeName } = usePlaces();
  return (
    <>
      <SeverityMark severity={severity} />
      <strong>{placeName(alert)}</strong>
      <span>{message}</span>
      {Date.parse(startsAt) > now && (
        <span className="soft">{text.notices.from(formatMoment(startsAt))}</span>
      )}
      {endsAt !== null && <span className="soft">{text.notices.until(formatMoment(endsAt))}</span>}
    </>
  );
}
