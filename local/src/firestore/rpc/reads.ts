// Answers to the reading RPCs, independent of gRPC: the responses, in the order in which they are sent.

import { maskDocument } from "../document/document.ts";
import { type FieldPath, NAME_FIELD, parseFieldPath } from "../document/field.ts";
import { compareStrings } from "../document/path.ts";
import type { StoredDocument } from "../document/value.ts";
import { aggregate } from "../query/aggregate.ts";
import { type Plan, planQuery } from "../query/query.ts";
import type { Database, View } from "../store/database.ts";
import type { Transaction, Transactions } from "../transactions/transactions.ts";
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
} from "../wire/messages.ts";
import { notFound } from "../wire/status.ts";
import { listPage } from "./listing.ts";

const ENTRIES_PER_BILLED_READ = 1000;

export class Reads {
  readonly #database: Database;
  readonly #transactions: Transactions;
  readonly #countReads: (count: number) => void;

  /** `countReads` is told how many reads Firestore would bill. */
  constructor(database: Database, transactions: Transactions, countReads: (count: number) => void) {
    this.#database = database;
    this.#transactions = transactions;
    this.#countReads = countReads;
  }

  getDocument(request: GetDocumentRequest): Promise<object> {
    return this.#within(request, undefined, async (transaction) => {
      const path = this.#database.names.document(request.name);
      const [document] = await this.#documents(request, [path], transaction);
      if (!document) throw notFound(`Document "${request.name}" not found.`);
      return maskDocument(document, maskPaths(request.mask));
    });
  }

  batchGet(request: BatchGetDocumentsRequest, signal: AbortSignal): Promise<object[]> {
    const { names } = this.#database;
    return this.#within(request, signal, async (transaction) => {
      names.database(request.database);
      const paths = (request.documents ?? []).map((name) => names.document(name));
      const documents = await this.#documents(request, paths, transaction);
      const mask = maskPaths(request.mask);
      const readTime = this.#database.readTime();
      const responses = documents.map((document, i) => {
        if (document) return { found: maskDocument(document, mask), readTime };
        return { missing: names.full(paths[i] ?? ""), readTime };
      });
      return withTransaction(responses, request, transaction, { readTime });
    });
  }

  runQuery(request: RunQueryRequest, signal: AbortSignal): Promise<object[]> {
    return this.#within(request, signal, async (transaction) => {
      const plan = this.#plan(request.parent, request.structuredQuery);
      const documents = await this.#results(request, plan, transaction);
      // Documents that an offset skips are billed, and so is finding nothing.
      this.#countReads(Math.max(documents.length + plan.offset, 1));
      const readTime = this.#database.readTime();
      const responses = documents.map((document) => ({
        document: maskDocument(document, plan.select),
        readTime,
      }));
      return withTransaction(responses, request, transaction, { readTime });
    });
  }

  runAggregation(request: RunAggregationQueryRequest, signal: AbortSignal): Promise<object[]> {
    return this.#within(request, signal, async (transaction) => {
      const { structuredQuery, aggregations = [] } = request.structuredAggregationQuery ?? {};
      const documents = await this.#results(
        request,
        this.#plan(request.parent, structuredQuery),
        transaction,
      );
      this.#countReads(Math.max(Math.ceil(documents.length / ENTRIES_PER_BILLED_READ), 1));
      const result = { aggregateFields: aggregate(documents, aggregations) };
      const response = { result, readTime: this.#database.readTime() };
      return withTransaction([response], request, transaction, response);
    });
  }

  partitionQuery(request: PartitionQueryRequest): object {
    const plan = this.#plan(request.parent, request.structuredQuery);
    const documents = plan.run(this.#view(request, undefined));
    // The request counts the cursors, which are one less than the parts that they make.
    const parts = Math.min(Number(request.partitionCount ?? 0) + 1, documents.length);
    this.#countReads(Math.max(parts, 1));
    return { partitions: splitPoints(documents, parts) };
  }

  listDocuments(request: ListDocumentsRequest): Promise<object> {
    return this.#within(request, undefined, async (transaction) => {
      const page = listPage(this.#database, request, this.#view(request, transaction));
      if (transaction) await this.#transactions.lock(transaction, page.paths);
      this.#countReads(page.paths.length);
      return page.render(this.#view(request, transaction), maskPaths(request.mask));
    });
  }

  listCollectionIds({ parent, pageSize, pageToken }: ListCollectionIdsRequest): object {
    const { names, tree } = this.#database;
    const ids = [...tree.collectionIds(names.parent(parent))].sort(compareStrings);
    const rest = pageToken ? ids.filter((id) => compareStrings(id, pageToken) > 0) : ids;
    const collectionIds = rest.slice(0, pageSize || rest.length);
    this.#countReads(1);
    const nextPageToken = collectionIds.length < rest.length ? (collectionIds.at(-1) ?? "") : "";
    return { collectionIds, nextPageToken };
  }

  /** Runs `read` in the transaction that the request names or wants begun; one begun in vain is ended. */
  async #within<T>(
    request: Consistency,
    signal: AbortSignal | undefined,
    read: (transaction: Transaction | undefined) => Promise<T>,
  ): Promise<T> {
    const begun = request.newTransaction && this.#transactions.begin(request.newTransaction);
    const named = request.transaction?.length ? this.#transactions.get(request.transaction) : undefined;
    // A client that gave up never learns the transaction's id, and its locks would stay until they expire.
    const giveUp = () => begun && this.#transactions.end(begun);
    signal?.addEventListener("abort", giveUp, { once: true });
    try {
      return await read(begun ?? named);
    } catch (error) {
      giveUp();
      throw error;
    } finally {
      signal?.removeEventListener("abort", giveUp);
    }
  }

  #plan(parent: string | undefined, query: RunQueryRequest["structuredQuery"]): Plan {
    return planQuery(this.#database.names.parent(parent), query);
  }

  #view({ readTime }: Consistency, transaction: Transaction | undefined): View {
    if (transaction) return this.#transactions.view(transaction);
    return readTime ? this.#database.at(readTime) : this.#database.latest;
  }

  async #documents(request: Consistency, paths: readonly string[], transaction: Transaction | undefined) {
    if (transaction) await this.#transactions.lock(transaction, paths);
    this.#countReads(paths.length);
    const view = this.#view(request, transaction);
    return paths.map((path) => view.get(path));
  }

  async #results(request: Consistency, plan: Plan, transaction: Transaction | undefined) {
    if (transaction) return this.#transactions.query(transaction, plan);
    return plan.run(this.#view(request, undefined));
  }
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
export function maskPaths(mask: Mask | undefined): readonly FieldPath[] | undefined {
  return mask && (mask.fieldPaths ?? []).filter((text) => text !== NAME_FIELD).map(parseFieldPath);
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
