// Answers to the writing RPCs, independent of gRPC.
import { status } from "@grpc/grpc-js";
import { maskDocument } from "../document/document.ts";
import type { Database } from "../store/database.ts";
import type { Transactions } from "../transactions/transactions.ts";
import type {
  CommitRequest,
  CreateDocumentRequest,
  DeleteDocumentRequest,
  Mask,
  UpdateDocumentRequest,
  Write,
} from "../wire/messages.ts";
import { notFound, statusOf } from "../wire/status.ts";
import { maskPaths } from "./reads.ts";

const ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const ID_LENGTH = 20;

export class Commits {
  readonly #database: Database;
  readonly #transactions: Transactions;
  readonly #countWrite: (write: Write) => void;

  /** `countWrite` is told of every write that was committed. */
  constructor(database: Database, transactions: Transactions, countWrite: (write: Write) => void) {
    this.#database = database;
    this.#transactions = transactions;
    this.#countWrite = countWrite;
  }

  commit({ database, writes = [], transaction }: CommitRequest): Promise<object> {
    this.#database.names.database(database);
    return this.#commit(writes, transaction);
  }

  /** Every write on its own: one that fails does not keep the others from happening. */
  async batchWrite({ database, writes = [] }: CommitRequest): Promise<object> {
    this.#database.names.database(database);
    const ends = await Promise.all(writes.map((write) => this.#commitOne(write)));
    return { writeResults: ends.map(({ result }) => result), status: ends.map((end) => end.status) };
  }

  createDocument({
    parent = "",
    collectionId,
    documentId,
    document,
    mask,
  }: CreateDocumentRequest): Promise<object> {
    const name = `${parent}/${collectionId ?? ""}/${documentId || randomId()}`;
    return this.#write({ update: { ...document, name }, currentDocument: { exists: false } }, name, mask);
  }

  updateDocument({
    document = {},
    updateMask,
    currentDocument,
    mask,
  }: UpdateDocumentRequest): Promise<object> {
    const conditions = { ...(updateMask && { updateMask }), ...(currentDocument && { currentDocument }) };
    return this.#write({ update: document, ...conditions }, document.name, mask);
  }

  async deleteDocument({ name = "", currentDocument }: DeleteDocumentRequest): Promise<object> {
    await this.#commit([{ delete: name, ...(currentDocument && { currentDocument }) }]);
    return {};
  }

  async #commit(writes: readonly Write[], id?: Uint8Array) {
    const transaction = id?.length ? this.#transactions.get(id) : undefined;
    const { results, commitTime } = await this.#transactions.commit(writes, transaction);
    for (const write of writes) this.#countWrite(write);
    return { writeResults: results, commitTime };
  }

  async #commitOne(write: Write) {
    try {
      const { writeResults } = await this.#commit([write]);
      return { result: writeResults[0] ?? {}, status: { code: status.OK } };
    } catch (error) {
      const { code, details } = statusOf(error);
      return { result: {}, status: { code, message: details } };
    }
  }

  async #write(write: Write, name: string | undefined, mask: Mask | undefined): Promise<object> {
    await this.#commit([write]);
    const document = this.#database.latest.get(this.#database.names.document(name));
    if (!document) throw notFound(`Document "${name}" was deleted at once.`);
    return maskDocument(document, maskPaths(mask));
  }
}

function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(ID_LENGTH));
  return Array.from(bytes, (byte) => ID_ALPHABET[byte % ID_ALPHABET.length]).join("");
}
