// The RPCs of google.firestore.v1.Firestore over the engine: reading requests, writing responses, counting.
import type {
  ServerDuplexStream,
  ServerUnaryCall,
  ServerWritableStream,
  sendUnaryData,
  UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { Metadata, status } from "@grpc/grpc-js";
import type { Database } from "./database.ts";
import { maskDocument } from "./document.ts";
import { parseFieldPath } from "./field.ts";
import { ListenStream } from "./listen.ts";
import type {
  BeginTransactionRequest,
  CommitRequest,
  CreateDocumentRequest,
  DeleteDocumentRequest,
  ListenRequest,
  ListenResponse,
  Mask,
  UpdateDocumentRequest,
  Write,
} from "./messages.ts";
import { createReads } from "./reads.ts";
import { notFound, statusOf, unimplemented } from "./status.ts";
import type { Transactions } from "./transactions.ts";

/** What Firestore would bill. */
export interface Counters {
  reads: number;
  writes: number;
  deletes: number;
}

export interface Service {
  readonly implementation: UntypedServiceImplementation;
  /** Ends every listener's stream, as a server does that goes away; the clients reconnect. */
  endStreams(): void;
}

const HEARTBEAT_MS = 30_000;
const ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

export function createService(database: Database, transactions: Transactions, counters: Counters): Service {
  const { names } = database;
  const streams = new Set<() => void>();
  const reads = createReads(database, transactions, (count) => {
    counters.reads += count;
  });

  const commit = async (writes: readonly Write[], transaction?: Uint8Array) => {
    const active = transaction?.length ? transactions.get(transaction) : undefined;
    const prepared = await transactions.commit(writes, active);
    for (const write of writes) {
      if (write.delete === undefined) counters.writes++;
      else counters.deletes++;
    }
    return { writeResults: prepared.results, commitTime: prepared.commitTime };
  };

  const write = async (one: Write, name: string | undefined, mask: Mask | undefined) => {
    await commit([one]);
    const document = database.latest.get(names.document(name));
    if (!document) throw notFound(`Document "${name}" was deleted at once.`);
    return maskDocument(document, mask && (mask.fieldPaths ?? []).map(parseFieldPath));
  };

  const createDocument = (request: CreateDocumentRequest) => {
    const { parent = "", collectionId = "", documentId, document, mask } = request;
    const name = `${parent}/${collectionId}/${documentId || randomId()}`;
    return write({ update: { ...document, name }, currentDocument: { exists: false } }, name, mask);
  };

  const updateDocument = ({ document, updateMask, currentDocument, mask }: UpdateDocumentRequest) =>
    write(
      {
        update: document ?? {},
        ...(updateMask && { updateMask }),
        ...(currentDocument && { currentDocument }),
      },
      document?.name,
      mask,
    );

  /** Every write on its own: one that fails does not keep the others from happening. */
  const batchWrite = async ({ writes = [] }: CommitRequest) => {
    const ends = await Promise.all(writes.map((one) => settle(commit([one]))));
    return {
      writeResults: ends.map((end) => end.value?.writeResults[0] ?? {}),
      status: ends.map((end) => end.status),
    };
  };

  const listen = (call: ServerDuplexStream<ListenRequest, ListenResponse>) => {
    const stream = new ListenStream(database, {
      write: (response) => call.write(response),
      countRead: () => counters.reads++,
    });
    const heartbeat = setInterval(() => stream.heartbeat(), HEARTBEAT_MS).unref();
    const close = () => {
      clearInterval(heartbeat);
      stream.close();
      streams.delete(end);
    };
    const end = () => {
      close();
      call.emit("error", { code: status.UNAVAILABLE, details: "The server is stopping." });
    };
    streams.add(end);
    call.on("drain", () => stream.drained());
    call.on("data", (request: ListenRequest) => {
      if (request.addTarget) stream.addTarget(request.addTarget);
      if (request.removeTarget) stream.removeTarget(request.removeTarget);
    });
    call.on("error", close);
    call.on("cancelled", close);
    call.on("end", () => {
      close();
      call.end();
    });
  };

  return {
    implementation: {
      GetDocument: unary(reads.getDocument),
      ListDocuments: unary(reads.listDocuments),
      ListCollectionIds: unary(reads.listCollectionIds),
      PartitionQuery: unary(reads.partitionQuery),
      BatchGetDocuments: serverStream(reads.batchGet),
      RunQuery: serverStream(reads.runQuery),
      RunAggregationQuery: serverStream(reads.runAggregation),
      CreateDocument: unary(createDocument),
      UpdateDocument: unary(updateDocument),
      DeleteDocument: unary(async ({ name = "", currentDocument }: DeleteDocumentRequest) => {
        await commit([{ delete: name, ...(currentDocument && { currentDocument }) }]);
        return {};
      }),
      Commit: unary(({ database: name, writes = [], transaction }: CommitRequest) => {
        names.database(name);
        return commit(writes, transaction);
      }),
      BatchWrite: unary(batchWrite),
      BeginTransaction: unary(({ options }: BeginTransactionRequest) => ({
        transaction: transactions.begin(options).id,
      })),
      Rollback: unary(({ transaction = Buffer.alloc(0) }: CommitRequest) => {
        transactions.end(transactions.get(transaction));
        return {};
      }),
      Listen: listen,
      Write: (call: ServerDuplexStream<object, object>) => {
        call.emit(
          "error",
          statusOf(unimplemented("The Write stream is for web clients, which this server has none of.")),
        );
      },
    },
    endStreams: () => {
      for (const end of [...streams]) end();
    },
  };
}

/** Answers a unary call with what `handle` returns, or with the status of what it throws. */
function unary<Q>(handle: (request: Q) => object | Promise<object>) {
  return async (call: ServerUnaryCall<Q, object>, reply: sendUnaryData<object>) => {
    try {
      reply(null, await handle(call.request));
    } catch (error) {
      reply(statusOf(error));
    }
  };
}

/** Streams what `handle` returns; the signal aborts when the client gives up before that. */
function serverStream<Q>(handle: (request: Q, signal: AbortSignal) => Promise<object[]>) {
  return async (call: ServerWritableStream<Q, object>) => {
    const gone = new AbortController();
    call.on("cancelled", () => gone.abort());
    try {
      for (const response of await handle(call.request, gone.signal)) call.write(response);
      call.end();
    } catch (error) {
      // To a stream that fails before its headers the client library reacts with two more attempts and seconds
      // of waiting, whatever the status.
      call.sendMetadata(new Metadata());
      call.emit("error", statusOf(error));
    }
  };
}

async function settle<T>(
  promise: Promise<T>,
): Promise<{ value?: T; status: { code: number; message: string } }> {
  try {
    return { value: await promise, status: { code: status.OK, message: "" } };
  } catch (error) {
    const { code, details } = statusOf(error);
    return { status: { code, message: details } };
  }
}

function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(20));
  return Array.from(bytes, (byte) => ID_ALPHABET[byte % ID_ALPHABET.length]).join("");
}
