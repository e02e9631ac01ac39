// Answers to the reading RPCs, independent of gRPC: generators of responses, in the order they are sent.
import { aggregate } from "./aggregate.ts";
import type { Database, View } from "./database.ts";
import { maskDocument } from "./document.ts";
import { type FieldPath, NAME_FIELD, parseFieldPath } from "./field.ts";
import { listPage } from "./listing.ts";
import type {
  BatchGetDocumentsRequest,
  Consistency,
  GetDocumentRequest,
  ListCollectionIdsRequest,
  ListDocumentsRequest,
  Mask,
  PartitionQueryRequest,
  RunAggregationQueryRequest,
  RunQueryRequest,
} from "./messages.ts";
import { compareStrings } from "./path.ts";
import { type Plan, planQuery } from "./query.ts";
import { notFound } from "./status.ts";
import type { Transaction, Transactions } from "./transactions.ts";
import type { StoredDocument } from "./value.ts";

const ENTRIES_PER_BILLED_READ = 1000;

export interface Reads {
  getDocument(request: GetDocumentRequest): Promise<object>;
  batchGet(request: BatchGetDocumentsRequest, signal: AbortSignal): Promise<object[]>;
  runQuery(request: RunQueryRequest, signal: AbortSignal): Promise<object[]>;
  runAggregation(request: RunAggregationQueryRequest, signal: AbortSignal): Promise<object[]>;
  partitionQuery(request: PartitionQueryRequest): object;
  listDocuments(request: ListDocumentsRequest): Promise<object>;
  listCollectionIds(request: ListCollectionIdsRequest): object;
}

/** `countReads` is told how many reads Firestore would bill. */
export function createReads(
  database: Database,
  transactions: Transactions,
  countReads: (count: number) => void,
): Reads {
  const { names } = database;

  const viewFor = ({ readTime }: Consistency, transaction: Transaction | undefined): View => {
    if (transaction) return transactions.view(transaction);
    return readTime ? database.at(readTime) : database.latest;
  };

  /** Runs `read` in the transaction that the request names or wants begun; one begun in vain is ended. */
  const inTransaction = async <T>(
    request: Consistency,
    signal: AbortSignal | undefined,
    read: (transaction: Transaction | undefined) => Promise<T>,
  ): Promise<T> => {
    const begun = request.newTransaction && transactions.begin(request.newTransaction);
    const transaction =
      begun ?? (request.transaction?.length ? transactions.get(request.transaction) : undefined);
    // A client that gave up never learns the transaction's id, and its locks would stay until they expire.
    const giveUp = () => begun && transactions.end(begun);
    signal?.addEventListener("abort", giveUp, { once: true });
    try {
      return await read(transaction);
    } catch (error) {
      giveUp();
      throw error;
    } finally {
      signal?.removeEventListener("abort", giveUp);
    }
  };

  const readDocuments = async (request: Consistency, paths: readonly string[], transaction?: Transaction) => {
    if (transaction) await transactions.lock(transaction, paths);
    countReads(paths.length);
    const view = viewFor(request, transaction);
    return paths.map((path) => view.get(path));
  };

  const readQuery = (request: Consistency, plan: Plan, transaction?: Transaction) =>
    transaction
      ? transactions.query(transaction, plan)
      : Promise.resolve(plan.run(viewFor(request, undefined)));

  return {
    getDocument: (request) =>
      inTransaction(request, undefined, async (transaction) => {
        const path = names.document(request.name);
        const [document] = await readDocuments(request, [path], transaction);
        if (!document) throw notFound(`Document "${request.name}" not found.`);
        return maskDocument(document, maskPaths(request.mask));
      }),

    batchGet: (request, signal) =>
      inTransaction(request, signal, async (transaction) => {
        names.database(request.database);
        const paths = (request.documents ?? []).map((name) => names.document(name));
        const documents = await readDocuments(request, paths, transaction);
        const mask = maskPaths(request.mask);
        const readTime = database.readTime();
        const responses = documents.map((document, i) =>
          document
            ? { found: maskDocument(document, mask), readTime }
            : { missing: names.full(paths[i] ?? ""), readTime },
        );
        return withTransaction(responses, request, transaction, { readTime });
      }),

    runQuery: (request, signal) =>
      inTransaction(request, signal, async (transaction) => {
        const plan = planQuery(names.parent(request.parent), request.structuredQuery);
        const documents = await readQuery(request, plan, transaction);
        countReads(Math.max(documents.length + plan.offset, 1));
        const readTime = database.readTime();
        const responses = documents.map((document) => ({
          document: maskDocument(document, plan.select),
          readTime,
        }));
        return withTransaction(responses, request, transaction, { readTime });
      }),

    runAggregation: (request, signal) =>
      inTransaction(request, signal, async (transaction) => {
        const { structuredQuery, aggregations = [] } = request.structuredAggregationQuery ?? {};
        const plan = planQuery(names.parent(request.parent), structuredQuery);
        const documents = await readQuery(request, plan, transaction);
        countReads(Math.max(Math.ceil(documents.length / ENTRIES_PER_BILLED_READ), 1));
        const response = {
          result: { aggregateFields: aggregate(documents, aggregations) },
          readTime: database.readTime(),
        };
        return withTransaction([response], request, transaction, response);
      }),

    partitionQuery: (request) => {
      const plan = planQuery(names.parent(request.parent), request.structuredQuery);
      const documents = plan.run(viewFor(request, undefined));
      const count = Math.min(Number(request.partitionCount ?? 1), documents.length);
      countReads(Math.max(count, 1));
      return { partitions: splitPoints(documents, count) };
    },

    listDocuments: (request) =>
      inTransaction(request, undefined, async (transaction) => {
        const page = listPage(database, request, viewFor(request, transaction));
        if (transaction) await transactions.lock(transaction, page.paths);
        countReads(page.paths.length);
        return page.render(viewFor(request, transaction), maskPaths(request.mask));
      }),

    listCollectionIds: ({ parent, pageSize, pageToken }) => {
      const ids = [...database.tree.collectionIds(names.parent(parent))].sort(compareStrings);
      const rest = pageToken ? ids.filter((id) => compareStrings(id, pageToken) > 0) : ids;
      const collectionIds = rest.slice(0, pageSize || rest.length);
      countReads(1);
      const nextPageToken = collectionIds.length < rest.length ? (collectionIds.at(-1) ?? "") : "";
      return { collectionIds, nextPageToken };
    },
  };
}

/** The first response tells the id of a transaction that was begun; without results there is still one response. */
function withTransaction(
  responses: readonly object[],
  { newTransaction }: Consistency,
  transaction: Transaction | undefined,
  empty: object,
): object[] {
  const [first = empty, ...rest] = responses;
  return [{ ...first, ...(newTransaction && transaction && { transaction: transaction.id }) }, ...rest];
}

/** An empty mask asks for documents without fields. */
function maskPaths(mask: Mask | undefined): readonly FieldPath[] | undefined {
  return (
    mask?.fieldPaths?.filter((text) => text !== NAME_FIELD).map(parseFieldPath) ?? (mask ? [] : undefined)
  );
}

/** Cursors that cut the documents into `count` parts of about the same size. */
function splitPoints(documents: readonly StoredDocument[], count: number): object[] {
  const points: object[] = [];
  for (let i = 1; i < count; i++) {
    const document = documents[Math.floor((i * documents.length) / count)];
    if (document) points.push({ values: [{ referenceValue: document.name }], before: true });
  }
  return points;
}
