// The CloudEvent of a document change, as Eventarc delivers it to 2nd-gen functions, with its data as JSON.
import { createHash } from "node:crypto";
import type { DocumentChange, Fields, StoredDocument, Timestamp, Value } from "../firestore/index.ts";

const PREFIX = "google.cloud.firestore.document.v1.";
const DATABASE = "(default)";

/** The kinds of change that a trigger can ask for. */
export const EventTypes = {
  written: `${PREFIX}written`,
  created: `${PREFIX}created`,
  updated: `${PREFIX}updated`,
  deleted: `${PREFIX}deleted`,
} as const;

/** Whether a trigger of this type is to hear of the change. */
export function isOfType(eventType: string, { before, after }: DocumentChange): boolean {
  if (eventType === EventTypes.written) return true;
  if (eventType === EventTypes.created) return !before && after !== undefined;
  if (eventType === EventTypes.updated) return before !== undefined && after !== undefined;
  return eventType === EventTypes.deleted && before !== undefined && !after;
}

/**
 * The structured CloudEvent of a change. Its id is made of the document and the commit time, so it is the same in
 * every attempt and after a restart, and of no other change. As in production, functions share it.
 */
export function cloudEvent(change: DocumentChange, eventType: string, projectId: string): object {
  const { path, before, after, commitTime } = change;
  const time = timeText(commitTime);
  return {
    specversion: "1.0",
    id: createHash("sha256").update(`${projectId}/${path}@${time}`).digest("hex").slice(0, 32),
    type: eventType,
    source: `//firestore.googleapis.com/projects/${projectId}/databases/${DATABASE}`,
    subject: `documents/${path}`,
    time,
    datacontenttype: "application/json",
    dataschema:
      "https://github.com/googleapis/google-cloudevents/blob/main/proto/google/events/cloud/firestore/v1/data.proto",
    project: projectId,
    database: DATABASE,
    namespace: DATABASE,
    location: "local",
    document: path,
    data: { ...(after && { value: documentJson(after) }), ...(before && { oldValue: documentJson(before) }) },
  };
}

function documentJson({ name, fields, createTime, updateTime }: StoredDocument): object {
  return {
    name,
    fields: fieldsJson(fields),
    createTime: timeText(createTime),
    updateTime: timeText(updateTime),
  };
}

const fieldsJson = (fields: Fields = {}): object =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, valueJson(value)]));

/** Protobuf's JSON form: null is null, bytes are base64, NaN and the infinities are strings. */
function valueJson(value: Value): object {
  if (value.nullValue !== undefined) return { nullValue: null };
  if (value.timestampValue) return { timestampValue: timeText(value.timestampValue) };
  if (value.bytesValue) return { bytesValue: Buffer.from(value.bytesValue).toString("base64") };
  if (value.mapValue) return { mapValue: { fields: fieldsJson(value.mapValue.fields) } };
  if (value.arrayValue) return { arrayValue: { values: (value.arrayValue.values ?? []).map(valueJson) } };
  if (value.doubleValue !== undefined && !Number.isFinite(value.doubleValue)) {
    return { doubleValue: String(value.doubleValue) };
  }
  return value;
}

/** RFC 3339 with microseconds. */
export function timeText({ seconds = "0", nanos = 0 }: Timestamp): string {
  const toTheSecond = new Date(Number(seconds) * 1000).toISOString().slice(0, -5);
  return `${toTheSecond}.${String(Math.floor(nanos / 1000)).padStart(6, "0")}Z`;
}
