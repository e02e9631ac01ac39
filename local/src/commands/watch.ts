/** `npm run watch`: follows rooms in the terminal, one line per event. */
import { parseArgs } from "node:util";
import {
  type ErrorBody,
  eventTypes,
  type FaultlineEvent,
  type SubscribeAck,
  socketPath,
} from "@faultline/contract";
import { io, type Socket } from "socket.io-client";
import { addressesOf, readSettings } from "../settings.ts";
import { signInAs, type TokenSource } from "../sign-in.ts";
import { UsageError } from "../usage.ts";

const usage =
  "npm run watch -- --as EMAIL ROOM [ROOM ...]      for example: --as viewer@riverside.test org:riverside";

/** Prints events until Ctrl-C; connects again by itself, and shows what was missed. Rejects when the relay refuses the rooms or the login. */
export async function watchCommand(args: readonly string[]): Promise<void> {
  const { values, positionals: rooms } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { as: { type: "string" } },
  });
  if (!values.as || rooms.length === 0) throw new UsageError(usage);
  const addresses = addressesOf(readSettings());
  const token = signInAs(values.as, addresses);
  await token();
  const socket = io(process.env.FAULTLINE_RELAY ?? addresses.relay, {
    path: socketPath,
    transports: ["websocket"],
    auth: (send) =>
      void token().then(
        (fresh) => send({ token: fresh }),
        (error: Error) => {
          console.error(error.message);
          send({});
        },
      ),
  });
  try {
    await follow(socket, rooms, token);
  } finally {
    socket.close();
  }
}

function follow(socket: Socket, rooms: readonly string[], token: TokenSource): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = ({ message, reason }: ErrorBody) => reject(new UsageError(`${message} (${reason})`));
    let position: string | undefined;
    socket.on("connect", () => {
      socket.emit("subscribe", { rooms, ...(position && { since: position }) }, (answer: SubscribeAck) => {
        if (!answer.ok) return refuse(answer.error);
        if (!answer.recovered) console.log("Some events in between can no longer be shown.");
        if (position === undefined || !answer.recovered) position = answer.position;
        console.log(`Watching ${answer.rooms.join(", ")}. Ctrl-C ends.`);
      });
    });
    socket.on("connect_error", (error: Error & { data?: ErrorBody }) => {
      if (error.data && !error.data.retry) refuse(error.data);
      else console.log(`The relay is out of reach (${error.message}); trying again ...`);
    });
    socket.on("disconnect", (reason) => {
      console.log(`Disconnected (${reason}); connecting again ...`);
      // The library leaves it to us when the relay itself ended the connection, as it does when it restarts.
      if (reason === "io server disconnect") socket.connect();
    });
    socket.on("session:expiring", () => {
      token().then((fresh) => socket.emit("authenticate", { token: fresh }), reject);
    });
    for (const type of eventTypes) {
      socket.on(type, (event: FaultlineEvent) => {
        position = event.id ?? position;
        console.log(describeEvent(event));
      });
    }
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}

/** One line for a person: when, what, where, and the gist. */
export function describeEvent(event: FaultlineEvent): string {
  const place = [event.campusId, event.buildingId].filter(Boolean).join("/") || event.organizationId;
  return [event.time.slice(11, 23), event.type.padEnd(18), place.padEnd(20), gistOf(event)].join("  ");
}

function gistOf(event: FaultlineEvent): string {
  switch (event.type) {
    case "heatmap:updated":
      return event.data.cells.map(({ buildingId, weight }) => `${buildingId} weighs ${weight}`).join(", ");
    case "stats:updated":
      return `${event.data.scope}: ${event.data.stats.unresolved} of ${event.data.stats.total} unresolved`;
    case "maintenance:alert":
      return `${event.data.alert.cancelledAt ? "withdrawn: " : ""}${event.data.alert.message}`;
    default: {
      const { issue, comment } = event.data;
      const assignee = event.type === "issue:assigned" ? `, to ${issue.assigneeId ?? "nobody"}` : "";
      return `${issue.title} [${issue.severity}, ${issue.status}${assignee}] v${event.version}${comment ? `: ${comment}` : ""}`;
    }
  }
}
