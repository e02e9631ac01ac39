import type { FaultlineEvent, Issue } from "@faultline/contract";
import { useCallback } from "react";
import { routes } from "../app/routes.ts";
import { useEvents } from "../data/events.ts";
import { usePlaces } from "../data/places.ts";
import { useWorkspace } from "../data/workspace.ts";
import { text } from "../text/index.ts";
import { notify } from "./notices.ts";

/** Tells of what nobody should miss: maintenance alerts, and issues that are critical unless one made them so oneself. */
export function useNews(): void {
  const { principal } = useWorkspace();
  const { buildingName, placeName } = usePlaces();
  useEvents(
    useCallback(
      (event: FaultlineEvent) => {
        if (event.type === "maintenance:alert") {
          const { alert } = event.data;
          const place = placeName(alert);
          const title =
            alert.cancelledAt === null ? text.notices.alert(place) : text.notices.cancelled(place);
          notify({ key: `alert:${alert.id}`, tone: "high", title, detail: alert.message });
          return;
        }
        if (!("issue" in event.data) || event.data.actor.uid === principal.uid) return;
        const { issue, changed } = event.data;
        if (issue.severity !== "critical") return;
        if (event.type === "issue:created")
          tell(issue, text.notices.critical(buildingName(issue.buildingId)));
        else if (changed.includes("severity"))
          tell(issue, text.notices.raised(buildingName(issue.buildingId)));
      },
      [principal.uid, buildingName, placeName],
    ),
  );
}

function tell({ id, title: detail }: Issue, title: string): void {
  notify({ key: `issue:${id}`, tone: "critical", title, detail, href: routes.board(id) });
}
