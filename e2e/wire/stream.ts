/** Server-Sent Events over a plain request. */
import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { type Line, type LineRequest, refusalOf } from "./line.ts";

export async function openStream(request: LineRequest): Promise<Line> {
  const { port, token, rooms, since, onMessage, localAddress } = request;
  const query = rooms.map((room) => `room=${encodeURIComponent(room)}`).join("&");
  const sent = get({
    port,
    host: "127.0.0.1",
    path: `/api/realtime/events?${query}`,
    agent: false,
    headers: { authorization: `Bearer ${token}`, ...(since !== undefined && { "last-event-id": since }) },
    ...(localAddress !== undefined && { localAddress }),
  });
  const ended = new Promise<void>((resolve) => sent.once("close", () => resolve()));
  const joined = once(sent, "response").then(([response]) => join(response as IncomingMessage, onMessage));
  sent.on("error", () => {});
  return {
    joined,
    ended,
    leave: () => sent.destroy(),
    cut: () => (sent.socket ? sent.socket.resetAndDestroy() : sent.destroy()),
  };
}

async function join(response: IncomingMessage, onMessage: LineRequest["onMessage"]): Promise<void> {
  response.setEncoding("utf8").on("error", () => {});
  if (response.statusCode !== 200) throw refusalOf(await bodyOf(response));
  let text = "";
  response.on("data", (chunk: string) => {
    const records = (text + chunk).split("\n\n");
    text = records.pop() ?? "";
    for (const record of records) take(record, onMessage);
  });
}

/** The relay's refusal, or what somebody on the way answered in its place. */
async function bodyOf(response: IncomingMessage): Promise<unknown> {
  let text = "";
  for await (const chunk of response) text += chunk;
  try {
    return JSON.parse(text);
  } catch {
    return { reason: `status ${response.statusCode}` };
  }
}

/** The relay writes every field with one space, and JSON on one line. */
function take(record: string, onMessage: LineRequest["onMessage"]): void {
  const name = /^event: (.*)$/m.exec(record)?.[1];
  const data = /^data: (.*)$/m.exec(record)?.[1];
  if (name !== undefined && data !== undefined) onMessage(name, JSON.parse(data));
}
