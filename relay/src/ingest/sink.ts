/** What becomes of the entries of the log: events for subscribers, cells for the state. */
import { type Room, roomKey, roomsOf } from "@faultline/contract";
import { everybodyKey } from "../access/rooms.ts";
import type { Dispatch } from "../dispatch/dispatch.ts";
import { lostMessage, messageOf } from "../dispatch/encode.ts";
import type { State } from "../state/state.ts";
import type { IngestSink } from "./ingest.ts";

export function createSink(dispatch: Dispatch, state: State): IngestSink {
  return {
    deliver(organizationId, position, { event, cells }) {
      const key = (room: Room) => roomKey(organizationId, room);
      dispatch.send(messageOf({ ...event, id: position }), roomsOf(event).map(key));
      state.apply(organizationId, cells);
    },
    lost(organizationId, position) {
      dispatch.send(lostMessage(position), [everybodyKey(organizationId)]);
      state.refresh(organizationId);
    },
    idle: (organizationId) => state.drop(organizationId),
  };
}
