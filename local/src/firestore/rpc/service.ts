// The RPCs of google.firestore.v1.Firestore over the engine.
import { type ServerDuplexStream, status, type UntypedServiceImplementation } from "@grpc/grpc-js";
import type { Database } from "../store/database.ts";
import type { Transactions } from "../transactions/transactions.ts";
import type {
  BeginTransactionRequest,
  CommitRequest,
  ListenRequest,
  ListenResponse,
} from "../wire/messages.ts";
import { serverStream, unary } from "./calls.ts";
import { Commits } from "./commits.ts";
import { ListenStream } from "./listen.ts";
import { Reads } from "./reads.ts";

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

type ListenCall = ServerDuplexStream<ListenRequest, ListenResponse>;

/** The client library takes a stream for dead that is silent for two minutes. */
const HEARTBEAT_MS = 30_000;

export function createService(database: Database, transactions: Transactions, counters: Counters): Service {
  const streams = new Set<() => void>();
  const reads = new Reads(database, transactions, (count) => {
    counters.reads += count;
  });
  const commits = new Commits(database, transactions, (write) => {
    if (write.delete === undefined) counters.writes++;
    else counters.deletes++;
  });
  return {
    implementation: {
      ...readingMethods(reads),
      ...writingMethods(commits),
      ...transactionMethods(transactions),
      Listen: (call: ListenCall) => serveListener(call, database, counters, streams),
    },
    endStreams: () => {
      for (const end of [...streams]) end();
    },
  };
}

const readingMethods = (reads: Reads) => ({
  GetDocument: unary(reads.getDocument.bind(reads)),
  ListDocuments: unary(reads.listDocuments.bind(reads)),
  ListCollectionIds: unary(reads.listCollectionIds.bind(reads)),
  PartitionQuery: unary(reads.partitionQuery.bind(reads)),
  BatchGetDocuments: serverStream(reads.batchGet.bind(reads)),
  RunQuery: serverStream(reads.runQuery.bind(reads)),
  RunAggregationQuery: serverStream(reads.runAggregation.bind(reads)),
});

const writingMethods = (commits: Commits) => ({
  CreateDocument: unary(commits.createDocument.bind(commits)),
  UpdateDocument: unary(commits.updateDocument.bind(commits)),
  DeleteDocument: unary(commits.deleteDocument.bind(commits)),
  Commit: unary(commits.commit.bind(commits)),
  BatchWrite: unary(commits.batchWrite.bind(commits)),
});

const transactionMethods = (transactions: Transactions) => ({
  BeginTransaction: unary(({ options }: BeginTransactionRequest) => ({
    transaction: transactions.begin(options).id,
  })),
  Rollback: unary(({ transaction = new Uint8Array() }: CommitRequest) => {
    transactions.end(transactions.get(transaction));
    return {};
  }),
});

/** One listener's stream, from its first target until either side ends it. */
function serveListener(
  call: ListenCall,
  database: Database,
  counters: Counters,
  streams: Set<() => void>,
): void {
  const stream = new ListenStream(database, {
    write: (response) => call.write(response),
    countRead: () => {
      counters.reads++;
    },
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
  call.on("data", ({ addTarget, removeTarget }: ListenRequest) => {
    if (addTarget) stream.addTarget(addTarget);
    if (removeTarget) stream.removeTarget(removeTarget);
  });
  call.on("error", close);
  call.on("cancelled", close);
  call.on("end", () => {
    close();
    call.end();
  });
}
