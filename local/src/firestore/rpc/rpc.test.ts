// The RPCs that firebase-admin does not use by itself, through a bare gRPC client.
import { Client, credentials, type ServiceError, status } from "@grpc/grpc-js";
import { afterAll, describe, expect, it } from "vitest";
import { openFirestore, projectId, unique } from "../testing/server.ts";
import { decode, encode, lookup } from "../wire/protocol.ts";

const { server } = await openFirestore();
const client = new Client(server.address, credentials.createInsecure());
afterAll(() => client.close());

const database = `projects/${projectId}/databases/(default)`;
const root = `${database}/documents`;
const n = (value: number) => ({ n: { integerValue: String(value) } });

interface Answer {
  readonly name: string;
  readonly fields?: object;
  readonly transaction?: Uint8Array;
  readonly documents?: readonly { readonly name: string }[];
  readonly nextPageToken?: string;
  readonly collectionIds?: readonly string[];
  readonly commitTime?: object;
  readonly status?: readonly { readonly code?: number }[];
  readonly writeResults?: readonly object[];
}

function call(method: string, request: object): Promise<Answer> {
  const service = lookup(`${method}Request`);
  const replies: Record<string, string> = {
    GetDocument: "Document",
    CreateDocument: "Document",
    UpdateDocument: "Document",
    DeleteDocument: "google.protobuf.Empty",
    Rollback: "google.protobuf.Empty",
  };
  const reply = lookup(replies[method] ?? `${method}Response`);
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      `/google.firestore.v1.Firestore/${method}`,
      (message: object) => encode(service, message),
      (bytes) => decode(reply, bytes) as Answer,
      request,
      (error: ServiceError | null, answer) => (error || !answer ? reject(error) : resolve(answer)),
    );
  });
}

const failure = (code: status) => expect.objectContaining({ code });

describe("single documents", () => {
  it("are created, read, updated and deleted", async () => {
    const collectionId = unique();
    const created = await call("CreateDocument", {
      parent: root,
      collectionId,
      documentId: "a",
      document: { fields: n(1) },
    });
    expect(created.name).toBe(`${root}/${collectionId}/a`);
    const document = { name: created.name, fields: n(2) };
    expect((await call("UpdateDocument", { document, updateMask: { fieldPaths: ["n"] } })).fields).toEqual(
      n(2),
    );
    expect((await call("GetDocument", { name: created.name })).fields).toEqual(n(2));
    expect(
      (await call("GetDocument", { name: created.name, mask: { fieldPaths: ["m"] } })).fields,
    ).toBeUndefined();
    await call("DeleteDocument", { name: created.name });
    await expect(call("GetDocument", { name: created.name })).rejects.toEqual(failure(status.NOT_FOUND));
  });

  it("get an id when they are created without one, and are not created twice", async () => {
    const request = { parent: root, collectionId: unique(), document: { fields: {} } };
    const { name } = await call("CreateDocument", request);
    const documentId = name.slice(name.lastIndexOf("/") + 1);
    expect(documentId).toMatch(/^\w{20}$/);
    await expect(call("CreateDocument", { ...request, documentId })).rejects.toEqual(
      failure(status.ALREADY_EXISTS),
    );
  });

  it("of another project are refused by name", async () => {
    const name = "projects/demo-other/databases/(default)/documents/c/a";
    await expect(call("GetDocument", { name })).rejects.toEqual(failure(status.INVALID_ARGUMENT));
    await expect(call("GetDocument", { name })).rejects.toThrow(projectId);
  });
});

describe("explicit transactions", () => {
  const begin = async (options = {}) => (await call("BeginTransaction", { database, options })).transaction;

  it("are unknown after they were rolled back or committed", async () => {
    const expired = failure(status.INVALID_ARGUMENT);
    const transaction = await begin();
    await call("Rollback", { database, transaction });
    await expect(call("Commit", { database, transaction })).rejects.toThrow("transaction has expired");
    const another = await begin();
    await call("Commit", { database, transaction: another, writes: [] });
    await expect(call("GetDocument", { name: `${root}/c/a`, transaction: another })).rejects.toEqual(expired);
  });

  it("cannot write when they are read-only", async () => {
    const transaction = await begin({ readOnly: {} });
    const writes = [{ delete: `${root}/c/a` }];
    await expect(call("Commit", { database, transaction, writes })).rejects.toEqual(
      failure(status.INVALID_ARGUMENT),
    );
  });

  it("keep the age of the one they retry", async () => {
    const name = `${root}/${unique()}/a`;
    const [first, second] = [await begin(), await begin()];
    await call("Rollback", { database, transaction: first });
    const retry = await begin({ readWrite: { retryTransaction: first } });
    const other = `${name}b`;
    await call("GetDocument", { name, transaction: second }).catch(() => {});
    await call("GetDocument", { name: other, transaction: retry }).catch(() => {});
    const crossing = call("GetDocument", { name: other, transaction: second });
    const closing = call("GetDocument", { name, transaction: retry });
    // The retry is the older of the two, so the other one gives way.
    await expect(crossing).rejects.toEqual(failure(status.ABORTED));
    await expect(closing).rejects.toEqual(failure(status.NOT_FOUND));
  });
});

describe("lists", () => {
  it("come in pages", async () => {
    const collectionId = unique();
    const writes = ["a", "b", "c", "d", "e"].map((id) => ({
      update: { name: `${root}/${collectionId}/${id}`, fields: {} },
    }));
    await call("Commit", { database, writes });
    const names: string[] = [];
    let pageToken = "";
    do {
      const page = await call("ListDocuments", { parent: root, collectionId, pageSize: 2, pageToken });
      names.push(...(page.documents ?? []).map(({ name }) => name.slice(-1)));
      pageToken = page.nextPageToken ?? "";
    } while (pageToken !== "");
    expect(names).toEqual(["a", "b", "c", "d", "e"]);
  });

  it("of collections come in pages too", async () => {
    const parent = `${root}/${unique()}/p`;
    const writes = ["x", "y", "z"].map((id) => ({ update: { name: `${parent}/${id}/1`, fields: {} } }));
    await call("Commit", { database, writes });
    const first = await call("ListCollectionIds", { parent, pageSize: 2 });
    expect(first.collectionIds).toEqual(["x", "y"]);
    const second = await call("ListCollectionIds", { parent, pageSize: 2, pageToken: first.nextPageToken });
    expect(second.collectionIds).toEqual(["z"]);
    expect(second.nextPageToken ?? "").toBe("");
  });
});

describe("commits", () => {
  it("apply the older form of transforms, and report their results", async () => {
    const document = `${root}/${unique()}/a`;
    const fieldTransforms = [{ fieldPath: "n", increment: { integerValue: "2" } }];
    const transform = { document, fieldTransforms };
    const { writeResults } = await call("Commit", { database, writes: [{ transform }, { transform }] });
    expect(writeResults).toMatchObject([
      { transformResults: [{ integerValue: "2" }] },
      { transformResults: [{ integerValue: "4" }] },
    ]);
    expect((await call("GetDocument", { name: document })).fields).toEqual(n(4));
  });

  it("in a batch each end in their own status", async () => {
    const name = `${root}/${unique()}/a`;
    const writes = [
      { update: { name, fields: n(1) }, currentDocument: { exists: true } },
      { update: { name, fields: n(2) } },
    ];
    const { status: ends } = await call("BatchWrite", { database, writes });
    expect(ends?.map(({ code = 0 }) => code)).toEqual([status.NOT_FOUND, status.OK]);
  });

  it.each([
    ["a write that names nothing", {}],
    ["a write to a collection", { update: { name: `${root}/c` } }],
    [
      "an array in an array",
      { update: { name: `${root}/c/a`, fields: { a: { arrayValue: { values: [{ arrayValue: {} }] } } } } },
    ],
    [
      "a place that is not on earth",
      { update: { name: `${root}/c/a`, fields: { a: { geoPointValue: { latitude: 91 } } } } },
    ],
    [
      "a time beyond the year 9999",
      { update: { name: `${root}/c/a`, fields: { a: { timestampValue: { seconds: "253402300800" } } } } },
    ],
    ["a malformed field path", { update: { name: `${root}/c/a` }, updateMask: { fieldPaths: ["a..b"] } }],
    [
      "a transform without an operation",
      { update: { name: `${root}/c/a` }, updateTransforms: [{ fieldPath: "a" }] },
    ],
  ])("refuse %s", async (_what, write) => {
    await expect(call("Commit", { database, writes: [write] })).rejects.toEqual(
      failure(status.INVALID_ARGUMENT),
    );
  });
});
