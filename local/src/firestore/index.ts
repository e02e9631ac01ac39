// A Firestore server for development and tests: it speaks the real gRPC protocol, so firebase-admin reaches it
// through FIRESTORE_EMULATOR_HOST, and needs neither Java nor a download. Its folders, from the outside in:
//
//   wire/          the protocol: its messages, how they are encoded, the status of what fails
//   rpc/           what each RPC answers: reads, commits, listeners
//   transactions/  two-phase locking, so that no update is lost
//   query/         which documents, in which order; aggregates over them
//   store/         the documents in memory and their commits: tree, writes, clock, the recent past
//   document/      what a document is: its values, their order, field paths, names, limits
//   disk/          the journal that keeps commits across restarts
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { openJournal } from "./disk/journal.ts";
import { namesOf } from "./document/path.ts";
import type { DocumentChange } from "./document/value.ts";
import { type Counters, createService } from "./rpc/service.ts";
import { Database } from "./store/database.ts";
import { Transactions } from "./transactions/transactions.ts";
import { serviceDefinition } from "./wire/protocol.ts";

export type { DocumentChange, Fields, StoredDocument, Timestamp, Value } from "./document/value.ts";

export interface EmbeddedFirestoreOptions {
  readonly projectId: string;
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** 127.0.0.1 by default. */
  readonly host?: string;
  /** Keeps the data across restarts in this directory; without it they are gone with the process. */
  readonly dataDir?: string;
}

export interface EmbeddedFirestore {
  /** `127.0.0.1:8080`, the value for FIRESTORE_EMULATOR_HOST. */
  readonly address: string;
  readonly port: number;
  /**
   * Calls `listener` with every change of a document, in the order of commits and before the client that
   * committed hears of it. The listener must not throw. Returns what ends it.
   */
  onChange(listener: (change: DocumentChange) => void): () => void;
  /** Reads, writes and deletes since the start, counted as Firestore bills them. */
  counters(): Readonly<Counters>;
  /** Ends all connections and closes the data directory. */
  stop(): Promise<void>;
}

/** As Firestore's own limit on a request. */
const MAX_REQUEST_BYTES = 11_534_336;
const GRACE_MS = 500;

/** Starts a server; rejects when the port is taken, or the data directory is in use or damaged. */
export async function startFirestore(options: EmbeddedFirestoreOptions): Promise<EmbeddedFirestore> {
  const { projectId, port = 0, host = "127.0.0.1", dataDir } = options;
  const names = namesOf(projectId);
  const journal = dataDir === undefined ? undefined : openJournal(dataDir, names);
  const database = new Database(names, journal?.state, journal && ((changes) => journal.append(changes)));
  const transactions = new Transactions(database);
  const counters: Counters = { reads: 0, writes: 0, deletes: 0 };
  const service = createService(database, transactions, counters);
  const server = new Server({ "grpc.max_receive_message_length": MAX_REQUEST_BYTES });
  server.addService(serviceDefinition(), service.implementation);
  const close = () => {
    transactions.stop();
    journal?.close();
  };
  const bound = await bind(server, host, port).catch((error: unknown) => {
    close();
    throw error;
  });
  return {
    address: `${host}:${bound}`,
    port: bound,
    onChange: (listener) =>
      database.onCommit((changes) => {
        for (const change of changes) listener(change);
      }),
    counters: () => ({ ...counters }),
    stop: async () => {
      service.endStreams();
      await shutDown(server);
      close();
    },
  };
}

function bind(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(`${host}:${port}`, ServerCredentials.createInsecure(), (error, bound) => {
      if (error)
        reject(new Error(`Firestore cannot listen on ${host}:${port}: ${error.message}`, { cause: error }));
      else resolve(bound);
    });
  });
}

/** Lets running calls end for a moment; clients keep their connections open for as long as they live. */
function shutDown(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.forceShutdown(), GRACE_MS);
    server.tryShutdown(() => {
      clearTimeout(force);
      resolve();
    });
  });
}
