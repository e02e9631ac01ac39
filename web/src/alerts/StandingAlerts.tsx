import { type Alert, can } from "@faultline/contract";
import { useAlerts } from "../data/alerts.ts";
import { explain } from "../data/explain.ts";
import { useWorkspace } from "../data/workspace.ts";
import { AlertLine } from "../notices/AlertLine.tsx";
import { text } from "../text/index.ts";
import { Sure } from "../ui/Sure.tsx";

interface StandingAlertsProps {
  /** Told in words why an alert could not be withdrawn; empty when one is being withdrawn. */
  readonly onProblem: (problem: string) => void;
}

/** The alerts that stand or are to come, each with the way to withdraw it. */
export function StandingAlerts({ onProblem }: StandingAlertsProps) {
  const { alerts, withdraw } = useAlerts();
  const { principal } = useWorkspace();
  if (alerts.length === 0) return <p className="soft">{text.alerts.none}</p>;
  const mayWithdraw = ({ campusId, buildingId }: Alert) =>
    can(principal, "alert", { campusId, ...(buildingId !== null && { buildingId }) });
  const take = (alert: Alert) => {
    onProblem("");
    withdraw(alert).catch((error: unknown) => onProblem(explain(error)));
  };
  return (
    <ul className="standing" aria-label={text.alerts.standing}>
      {alerts.map((alert) => (
        <li key={alert.id}>
          <AlertLine alert={alert} />
          {mayWithdraw(alert) && (
            <Sure
              label={text.alerts.withdraw}
              question={text.alerts.withdrawSure}
              yes={text.alerts.withdrawYes}
              no={text.alerts.keep}
              onYes={() => take(alert)}
            />
          )}
        </li>
      ))}
    </ul>
  );
}
