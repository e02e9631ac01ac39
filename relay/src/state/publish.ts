/** Sends changed heat cells, and the stats that follow from them, to the rooms whose scope they are in. */
import { type HeatCell, type Room, roomKey } from "@faultline/contract";
import { type Clock, isoTime } from "../base/clock.ts";
import type { Dispatch } from "../dispatch/dispatch.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { Cells } from "./board.ts";
import type { Pacer } from "./pacer.ts";
import { heatmapMessage, statsMessage } from "./values.ts";

/** The cells of these buildings of an organization have changed; `cells` gives those of the moment it is called. */
export type Publish = (organizationId: string, cells: () => Cells, buildingIds: readonly string[]) => void;

export interface PublishOptions {
  readonly dispatch: Dispatch;
  readonly pacer: Pacer;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

export function createPublish({ dispatch, pacer, clock, metrics }: PublishOptions): Publish {
  /** By audience, the buildings whose change it has not been sent yet. */
  const unsent = new Map<string, Set<string>>();

  return (organizationId, cells, buildingIds) => {
    const key = (room: Room) => roomKey(organizationId, room);
    const scopeOf = (room: Room, of: Iterable<HeatCell>) => ({
      organizationId,
      room,
      cells: of,
      now: isoTime(clock.now()),
    });

    const sendHeat = (room: Room, rooms: readonly string[], except: readonly string[] = []) => {
      if (!rooms.some((name) => dispatch.hasSubscribers(name))) return;
      const audience = `heat ${key(room)}`;
      const waiting = new Set([...(unsent.get(audience) ?? []), ...buildingIds]);
      unsent.set(audience, waiting);
      const isReplaced = pacer.touch(audience, () => {
        unsent.delete(audience);
        dispatch.send(heatmapMessage(scopeOf(room, pick(cells(), waiting))), rooms, { except });
      });
      if (isReplaced) metrics.coalesced("heatmap");
    };
    const sendStats = (room: Room) => {
      if (!dispatch.hasSubscribers(key(room))) return;
      const isReplaced = pacer.touch(`stats ${key(room)}`, () => {
        dispatch.send(statsMessage(scopeOf(room, cells().values())), [key(room)]);
      });
      if (isReplaced) metrics.coalesced("stats");
    };

    const organization: Room = { kind: "org", id: organizationId };
    const everywhere = [key({ kind: "heatmap", id: organizationId }), key(organization)];
    sendHeat(organization, everywhere);
    sendStats(organization);
    for (const id of new Set(pick(cells(), buildingIds).map(({ campusId }) => campusId))) {
      const campus: Room = { kind: "campus", id };
      sendHeat(campus, [key(campus)], everywhere);
      sendStats(campus);
    }
    for (const id of buildingIds) sendStats({ kind: "building", id });
  };
}

function pick(cells: Cells, buildingIds: Iterable<string>): readonly HeatCell[] {
  return [...buildingIds].flatMap((id) => cells.get(id) ?? []);
}
