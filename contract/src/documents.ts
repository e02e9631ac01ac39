/** How objects of the contract are stored: times are Timestamps inside Firestore and ISO 8601 strings outside. */

/** The fields that hold a time, wherever in a document they stand. */
const timeFields: ReadonlySet<string> = new Set([
  "time",
  "createdAt",
  "updatedAt",
  "dueAt",
  "resolvedAt",
  "startsAt",
  "endsAt",
  "cancelledAt",
]);

/** What is needed of Firestore's `Timestamp`. */
interface TimestampLike {
  toDate(): Date;
}

/** The document of an object: every time field's string becomes what `toTimestamp` makes of it. */
export function toDocument(
  value: object,
  toTimestamp: (time: Date) => TimestampLike,
): Record<string, unknown> {
  return mapFields(value, (field, name) =>
    timeFields.has(name) && typeof field === "string" ? toTimestamp(new Date(field)) : undefined,
  );
}

/** The object of a document: every Timestamp becomes an ISO 8601 string. */
export function fromDocument(data: object): Record<string, unknown> {
  return mapFields(data, (field) => (isTimestamp(field) ? field.toDate().toISOString() : undefined));
}

function isTimestamp(value: unknown): value is TimestampLike {
  return (
    typeof value === "object" && value !== null && "toDate" in value && typeof value.toDate === "function"
  );
}

/** A copy in which `replace` has the first word on each field; maps are entered, undefined fields are left out. */
function mapFields(
  value: object,
  replace: (field: unknown, name: string) => unknown,
): Record<string, unknown> {
  const map = (field: unknown, name: string): unknown => {
    const replaced = replace(field, name);
    if (replaced !== undefined) return replaced;
    if (Array.isArray(field)) return field.map((item) => map(item, ""));
    return isMap(field) ? mapFields(field, replace) : field;
  };
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(fields.map(([name, field]) => [name, map(field, name)]));
}

function isMap(value: unknown): value is object {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
