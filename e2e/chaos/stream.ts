/** A connection over Server-Sent Events. */
import { get, type IncomingMessage } from "node:http";
import { type Close, eventTypes, type FaultlineEvent } from "@faultline/contract";
import { type Connection, type ConnectionEvents, type ConnectionRequest, patienceMs } from "./connection.ts";

export function openStream(
  { url, token, rooms, since }: ConnectionRequest,
  events: ConnectionEvents,
): Connection {
  const query = rooms.map((room) => `room=${room}`).join("&");
  const headers = {
    authorization: `Bearer ${token}`,
    ...(since !== undefined && { "last-event-id": since }),
  };
  const request = get(`${url}/api/realtime/events?${query}`, { headers, agent: false });
  request.setTimeout(patienceMs, () => request.destroy(new Error("no answer")));
  const ended = new Promise<string>((resolve) => {
    request.on("error", (error) => resolve(error.message));
    request.on("response", (response) => {
      response.on("error", (error) => resolve(error.message));
      response.on("close", () => resolve(`ended, ${response.statusCode}`));
      if (response.statusCode !== 200) {
        response.resume();
        return;
      }
      request.setTimeout(0);
      // Whoever joins is told the position by a record of its own.
      if (since !== undefined) events.subscribed({});
      readRecords(response, events);
    });
  });
  return { ended, close: () => request.destroy() };
}

function readRecords(response: IncomingMessage, events: ConnectionEvents): void {
  let buffer = "";
  response.setEncoding("utf8").on("data", (text: string) => {
    const records = (buffer + text).split("\n\n");
    buffer = records.pop() ?? "";
    for (const record of records) takeRecord(record, events);
  });
}

function takeRecord(record: string, events: ConnectionEvents): void {
  const fields = new Map(
    record.split("\n").map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1).trimStart()] as const;
    }),
  );
  const type = fields.get("event");
  const data = (): unknown => JSON.parse(fields.get("data") ?? "");
  if (type === "sync:lost") events.lost((data() as { position: string }).position);
  else if (type === "session:closed") {
    const { reason, retryAfterMs } = data() as Close;
    events.dismissed(reason, retryAfterMs);
  } else if (type === "relay:draining") {
    events.dismissed(type, (data() as { reconnectAfterMs: number }).reconnectAfterMs);
  } else if (eventTypes.some((known) => known === type)) {
    const event = data() as FaultlineEvent;
    const id = fields.get("id");
    if (id !== event.id) events.malformed(`the record's id is ${id}, its event's ${event.id}`);
    events.event(event);
  } else if (type === undefined) {
    const position = fields.get("id");
    if (position !== undefined) events.subscribed({ position });
  }
}
