/** What a relay makes of an entry that a publisher wrote, who may be newer than the relay. */
import { type LogEntry, logEntrySchema } from "@faultline/contract";

/** What stands beside event and cells, which is left out where it is malformed. */
const asidesSchema = logEntrySchema.omit({ event: true, cells: true });

/**
 * The entry, if it is one and of this organization. Fields that the relay does not know are passed on as they came;
 * an event of a type that it does not know is no entry to it.
 */
export function parseEntry(organizationId: string, value: unknown): LogEntry | undefined {
  const { data, error } = logEntrySchema.safeParse(value);
  const entry = data ?? (isOnlyNewer(error?.issues ?? []) ? newer(value as LogEntry) : undefined);
  return entry?.event.organizationId === organizationId ? entry : undefined;
}

function isOnlyNewer(issues: readonly { readonly code: string }[]): boolean {
  return issues.length > 0 && issues.every(({ code }) => code === "unrecognized_keys");
}

function newer(entry: LogEntry): LogEntry {
  return { ...entry, ...asidesSchema.parse(entry) };
}
