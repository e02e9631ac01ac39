import { describe, expect, it } from "vitest";
import { failureOf } from "../test/failures.ts";
import {
  describeFields,
  emptyTexts,
  ids,
  notIds,
  notTexts,
  notTimes,
  notUids,
  points,
  texts,
  times,
  uids,
} from "../test/fields.ts";
import { anIssue } from "../test/samples.ts";
import {
  assignIssueSchema,
  commentSchema,
  createIssueSchema,
  issueSchema,
  locationSchema,
  mergeIssueSchema,
  moveIssueSchema,
  resolveIssueSchema,
  updateIssueSchema,
} from "./issue.ts";
import { parse } from "./parse.ts";
import { categories, severities, statuses } from "./terms.ts";

const id = { accepts: ids, refuses: notIds };
const uid = { accepts: uids, refuses: notUids };
const time = { accepts: times, refuses: notTimes };
const title = { accepts: texts(200), refuses: [...notTexts(200), ...emptyTexts] };
const description = { accepts: [...texts(10_000), ...emptyTexts], refuses: notTexts(10_000) };
const category = { accepts: categories, refuses: ["Plumbing", "", "plumbing ", 0, null, ["plumbing"]] };
const severity = { accepts: severities, refuses: ["urgent", "HIGH", "", 3, null] };
const status = { accepts: statuses, refuses: ["done", "in progress", "", 0, null] };
const badLocations = [
  { value: "here", at: "" },
  { value: {}, at: "lat" },
  { value: { lat: 1 }, at: "lng" },
  { value: { lat: 1, lng: 181 }, at: "lng" },
  { value: { lat: 1, lng: 2, floor: 3 }, at: "floor" },
  { value: { lat: 1, lng: 2, floor: "" }, at: "floor" },
  { value: { lat: 1, lng: 2, room: "x".repeat(65) }, at: "room" },
  { value: { lat: 1, lng: 2, z: 0 }, at: "z" },
];
const location = {
  accepts: [...points, { lat: 1, lng: 2, floor: "3", room: "3.14" }],
  refuses: badLocations.map(({ value }) => value),
  at: (value: unknown) => badLocations.find((bad) => bad.value === value)?.at ?? "",
  optional: true,
};
const text = { accepts: texts(5_000), refuses: [...notTexts(5_000), ...emptyTexts] };

describe("an issue", () => {
  describeFields(issueSchema, anIssue(), {
    id,
    organizationId: id,
    campusId: id,
    buildingId: id,
    title,
    description,
    category,
    severity,
    status,
    location: { ...location, refuses: [...location.refuses, null] },
    reporterId: uid,
    assigneeId: { accepts: [...uids, null], refuses: notUids },
    dueAt: time,
    createdAt: time,
    updatedAt: time,
    resolvedAt: { accepts: [...times, null], refuses: notTimes },
    mergedInto: { ...id, optional: true },
    version: { accepts: [1, 2, 1_000_000], refuses: [0, -1, 1.5, "1", null, 2 ** 53] },
  });
});

describe("a location", () => {
  const label = (longest: number) => ({
    accepts: texts(longest),
    refuses: [...notTexts(longest), ...emptyTexts],
    optional: true,
  });
  describeFields(
    locationSchema,
    { lat: 1, lng: 2 },
    {
      lat: { accepts: [-90, 90], refuses: [91, "1"] },
      lng: { accepts: [-180, 180], refuses: [-181, null] },
      floor: label(32),
      room: label(64),
    },
  );
});

describe("a report of an issue", () => {
  const valid = { buildingId: "library", title: "Leak", category: "plumbing", severity: "low" };
  describeFields(createIssueSchema, valid, {
    buildingId: id,
    title,
    description: { ...description, optional: true },
    category,
    severity,
    location: { ...location, refuses: [...location.refuses, null] },
  });

  it("has an empty description unless it says otherwise", () => {
    expect(parse(createIssueSchema, valid).description).toBe("");
  });
});

describe("a change of an issue", () => {
  const optional = <F>(field: F) => ({ ...field, optional: true });
  describeFields(
    updateIssueSchema,
    { title: "Leak", status: "open" },
    {
      title: optional(title),
      description: optional(description),
      category: optional(category),
      severity: optional(severity),
      location: { ...location, accepts: [...location.accepts, null] },
      status: optional(status),
    },
  );

  it("keeps apart removing the location and leaving it as it is", () => {
    expect(parse(updateIssueSchema, { location: null })).toEqual({ location: null });
    expect(parse(updateIssueSchema, { title: "Leak" })).not.toHaveProperty("location");
  });

  it.each([{}, { title: undefined }])("must change something, unlike %j", (change) => {
    expect(failureOf(() => parse(updateIssueSchema, change)).field).toBe("body");
  });

  it.each(["id", "organizationId", "campusId", "buildingId", "reporterId", "assigneeId", "dueAt", "version"])(
    "cannot set %s",
    (field) => {
      expect(failureOf(() => parse(updateIssueSchema, { title: "Leak", [field]: "a" })).field).toBe(field);
    },
  );
});

describe("an assignment", () => {
  describeFields(
    assignIssueSchema,
    { assigneeId: "tom" },
    {
      assigneeId: { accepts: [...uids, null], refuses: notUids },
    },
  );
});

describe("a resolution", () => {
  describeFields(resolveIssueSchema, { resolution: "Fixed" }, { resolution: { ...text, optional: true } });
});

describe("a move", () => {
  describeFields(moveIssueSchema, { comment: "Waiting" }, { comment: { ...text, optional: true } });
});

describe("a merge", () => {
  describeFields(mergeIssueSchema, { into: "leak-1" }, { into: id });
});

describe("a comment", () => {
  describeFields(commentSchema, { text: "Still wet" }, { text });
});
