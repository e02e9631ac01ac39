/** Every query that the lists can make, taken from the lists themselves, against `firestore.indexes.json`. */
import { readFileSync } from "node:fs";
import { filterFields, type ListIssues, sortFields } from "@faultline/contract";
import { Query, type QuerySnapshot } from "firebase-admin/firestore";
import { afterEach, describe, expect, it, vi } from "vitest";
import { firestore } from "../../test/firestore.ts";
import { createStore, type Scope } from "./index.ts";

interface IndexFile {
  readonly indexes: readonly {
    readonly collectionGroup: string;
    readonly queryScope: string;
    readonly fields: readonly { readonly fieldPath: string; readonly order: string }[];
  }[];
  readonly fieldOverrides: readonly {
    readonly collectionGroup: string;
    readonly fieldPath: string;
    readonly indexes: readonly { readonly order?: string; readonly queryScope: string }[];
  }[];
}

interface Filter {
  readonly fieldFilter?: { readonly field: { readonly fieldPath: string }; readonly op: string };
  readonly compositeFilter?: { readonly op: "AND" | "OR"; readonly filters: readonly Filter[] };
}

interface StructuredQuery {
  readonly from: readonly { readonly collectionId: string; readonly allDescendants?: boolean }[];
  readonly where?: Filter;
  readonly orderBy: readonly { readonly field: { readonly fieldPath: string }; readonly direction: string }[];
}

const file = JSON.parse(
  readFileSync(new URL("../../../firestore.indexes.json", import.meta.url), "utf8"),
) as IndexFile;
const store = createStore(firestore());

afterEach(() => vi.restoreAllMocks());

/** The queries that are made meanwhile; they are answered with nothing. */
async function capture(make: () => Promise<unknown>): Promise<readonly StructuredQuery[]> {
  const queries: StructuredQuery[] = [];
  vi.spyOn(Query.prototype, "get").mockImplementation(function (this: Query) {
    const { structuredQuery } = (
      this as unknown as { toProto(): { structuredQuery: StructuredQuery } }
    ).toProto();
    queries.push(structuredQuery);
    return Promise.resolve({ docs: [] } as unknown as QuerySnapshot);
  });
  await make();
  return queries;
}

/** The fields of each alternative: Firestore runs a query as the alternatives that its filters multiply to. */
function alternativesOf(filter: Filter | undefined): readonly (readonly string[])[] {
  if (!filter) return [[]];
  if (filter.fieldFilter) {
    expect(["EQUAL", "IN"]).toContain(filter.fieldFilter.op);
    return [[filter.fieldFilter.field.fieldPath]];
  }
  const parts = (filter.compositeFilter?.filters ?? []).map(alternativesOf);
  if (filter.compositeFilter?.op === "OR") return parts.flat();
  return parts.reduce((all, part) => all.flatMap((one) => part.map((other) => [...one, ...other])), [[]]);
}

/** Every field that a filter names. */
function fieldsOf(filter: Filter | undefined): readonly string[] {
  if (filter?.fieldFilter) return [filter.fieldFilter.field.fieldPath];
  return (filter?.compositeFilter?.filters ?? []).flatMap(fieldsOf);
}

/**
 * Whether the query has its indexes: equalities are merged from one index each, all sorted alike. The document's name
 * follows the last sort field in every index, in its direction.
 */
function isCovered({ from, where, orderBy }: StructuredQuery): boolean {
  const collection = from[0]?.collectionId;
  const [sort, name, ...more] = orderBy.map(({ field, direction }) => ({ path: field.fieldPath, direction }));
  expect([name?.path, name?.direction, more]).toEqual(["__name__", sort?.direction, []]);
  const hasIndex = (field: string) =>
    file.indexes.some(
      ({ collectionGroup, queryScope, fields: [first, second, ...rest] }) =>
        collectionGroup === collection &&
        queryScope === "COLLECTION" &&
        first?.fieldPath === field &&
        second?.fieldPath === sort?.path &&
        second?.order === sort?.direction &&
        rest.length === 0,
    );
  const isExempt = (field: string | undefined) =>
    file.fieldOverrides.some(
      ({ collectionGroup, fieldPath }) => collectionGroup === collection && fieldPath === field,
    );
  return alternativesOf(where).every((fields) =>
    fields.length === 0 ? !isExempt(sort?.path) : fields.every((field) => hasIndex(field)),
  );
}

const scopes: readonly (Scope | undefined)[] = [
  undefined,
  { campusIds: ["a"] },
  { campusIds: ["a", "b"] },
  { buildingIds: ["x", "y"] },
  { campusIds: ["a"], buildingIds: ["x", "y"] },
];

const values: Readonly<Record<(typeof filterFields)[number], string | string[]>> = {
  campusId: "a",
  buildingId: "x",
  status: ["open", "on_hold"],
  severity: ["high"],
  category: ["hvac", "other"],
  assigneeId: "tess",
};

/** Every choice of filters. */
const choices = Array.from({ length: 2 ** filterFields.length }, (_, bits) =>
  Object.fromEntries(
    filterFields.filter((_field, index) => bits & (1 << index)).map((field) => [field, values[field]]),
  ),
);

describe("firestore.indexes.json", () => {
  it.each(sortFields)("covers every list of issues sorted by %s", async (field) => {
    for (const sort of [field, `-${field}`] as const) {
      for (const scope of scopes) {
        const queries = await capture(async () => {
          for (const filters of choices)
            await store.issues.list("org", { ...filters, sort, limit: 10 } as ListIssues, scope);
        });
        expect(queries).toHaveLength(choices.length);
        expect(queries.filter((query) => !isCovered(query))).toEqual([]);
      }
    }
  });

  it("covers every list of alerts", async () => {
    for (const scope of scopes) {
      const queries = await capture(() => store.alerts.list("org", { limit: 10 }, scope));
      expect(queries).toHaveLength(1);
      expect(queries.filter((query) => !isCovered(query))).toEqual([]);
    }
  });

  it("covers the sweep, which reads the history of all organizations by time alone", async () => {
    const time = new Date().toISOString();
    const [query, ...more] = await capture(() =>
      store.outbox.committed({ from: time, before: time, limit: 10, after: { time, path: "a/b" } }),
    );
    expect(more).toEqual([]);
    expect(query?.from).toMatchObject([{ collectionId: "activity", allDescendants: true }]);
    expect(fieldsOf(query?.where)).toEqual(["time", "time"]);
    const order = query?.orderBy.map(({ field, direction }) => `${field.fieldPath} ${direction}`);
    expect(order).toEqual(["time ASCENDING", "__name__ ASCENDING"]);
    const override = file.fieldOverrides.find(
      ({ collectionGroup, fieldPath }) => `${collectionGroup} ${fieldPath}` === "activity time",
    );
    expect(override?.indexes).toContainEqual({ order: "ASCENDING", queryScope: "COLLECTION_GROUP" });
  });

  it("has no index that no list needs", () => {
    const known = [
      ...filterFields.flatMap((filter) =>
        sortFields.flatMap((sort) =>
          ["ASCENDING", "DESCENDING"].map((order) => `issues ${filter} ${sort} ${order}`),
        ),
      ),
      ...["campusId", "buildingId"].map((filter) => `alerts ${filter} createdAt DESCENDING`),
    ];
    const names = file.indexes.map(
      ({ collectionGroup, fields: [first, second] }) =>
        `${collectionGroup} ${first?.fieldPath} ${second?.fieldPath} ${second?.order}`,
    );
    expect(names.toSorted()).toEqual(known.toSorted());
  });

  it("leaves out no field that is asked for by itself", () => {
    const asked = [
      "issues buildingId",
      "activity version",
      "buildings campusId",
      "heat campusId",
      "members role",
      "alerts createdAt",
    ];
    const exempt = file.fieldOverrides.map(
      ({ collectionGroup, fieldPath }) => `${collectionGroup} ${fieldPath}`,
    );
    expect(asked.filter((field) => exempt.includes(field))).toEqual([]);
  });
});
