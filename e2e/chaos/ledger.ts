/** The entries of the logs as the clients were given them: one record for all who got the same entry. */
import { formatRoom, type LogEvent, roomsOf } from "@faultline/contract";
import { digestOf } from "./digest.ts";

export interface Entry {
  readonly position: string;
  readonly organizationId: string;
  readonly type: LogEvent["type"];
  /** Of the issue or the alert. */
  readonly subject: string;
  /** Of the issue; 0 for an alert. */
  readonly version: number;
  readonly rooms: readonly string[];
}

export interface Ledger {
  /** The record of an entry; undefined when somebody was given something else at this position. */
  record(event: LogEvent): Entry | undefined;
  /** All entries, in no order. */
  entries(): Iterable<Entry>;
}

export function createLedger(): Ledger {
  const known = new Map<string, { readonly entry: Entry; readonly digest: string }>();
  return {
    record(event) {
      const digest = digestOf(event);
      const key = `${event.organizationId} ${event.id}`;
      const one = known.get(key) ?? { entry: entryOf(event), digest };
      known.set(key, one);
      return one.digest === digest ? one.entry : undefined;
    },
    *entries() {
      for (const { entry } of known.values()) yield entry;
    },
  };
}

function entryOf(event: LogEvent): Entry {
  const { id: position = "", organizationId, type, version = 0 } = event;
  const subject = event.type === "maintenance:alert" ? event.data.alert.id : event.data.issue.id;
  return { position, organizationId, type, subject, version, rooms: roomsOf(event).map(formatRoom) };
}

export function describeEntry({ type, subject, version, position }: Entry): string {
  return `${type} v${version} of ${subject.slice(0, 8)} at ${position}`;
}
