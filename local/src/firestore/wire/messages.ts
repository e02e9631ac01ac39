// The requests of google.firestore.v1 as they arrive: a field at its default is absent, enums are names,
// int64 are decimal strings.
import type { ArrayValue, Fields, StoredDocument, Timestamp, Value } from "../document/value.ts";

export interface WireDocument {
  readonly name?: string;
  readonly fields?: Fields;
}

export interface Mask {
  readonly fieldPaths?: readonly string[];
}

export interface Precondition {
  readonly exists?: boolean;
  readonly updateTime?: Timestamp;
}

export interface FieldTransform {
  readonly fieldPath?: string;
  readonly setToServerValue?: string;
  readonly increment?: Value;
  readonly maximum?: Value;
  readonly minimum?: Value;
  readonly appendMissingElements?: ArrayValue;
  readonly removeAllFromArray?: ArrayValue;
}

export interface Write {
  readonly update?: WireDocument;
  readonly delete?: string;
  readonly transform?: { readonly document?: string; readonly fieldTransforms?: readonly FieldTransform[] };
  readonly updateMask?: Mask;
  readonly updateTransforms?: readonly FieldTransform[];
  readonly currentDocument?: Precondition;
}

export interface WriteResult {
  readonly updateTime?: Timestamp;
  readonly transformResults?: readonly Value[];
}

export interface TransactionOptions {
  readonly readOnly?: { readonly readTime?: Timestamp };
  readonly readWrite?: { readonly retryTransaction?: Uint8Array };
}

/** What a read is consistent with; none of them means the newest state. */
export interface Consistency {
  readonly transaction?: Uint8Array;
  readonly newTransaction?: TransactionOptions;
  readonly readTime?: Timestamp;
}

export interface FieldReference {
  readonly fieldPath?: string;
}

export interface Filter {
  readonly compositeFilter?: { readonly op?: "AND" | "OR"; readonly filters?: readonly Filter[] };
  readonly fieldFilter?: { readonly field?: FieldReference; readonly op?: string; readonly value?: Value };
  readonly unaryFilter?: { readonly field?: FieldReference; readonly op?: string };
}

export interface Order {
  readonly field?: FieldReference;
  readonly direction?: string;
}

export interface Cursor {
  readonly values?: readonly Value[];
  readonly before?: boolean;
}

export interface StructuredQuery {
  readonly select?: { readonly fields?: readonly FieldReference[] };
  readonly from?: readonly { readonly collectionId?: string; readonly allDescendants?: boolean }[];
  readonly where?: Filter;
  readonly orderBy?: readonly Order[];
  readonly startAt?: Cursor;
  readonly endAt?: Cursor;
  readonly offset?: number;
  readonly limit?: { readonly value?: number };
  readonly findNearest?: unknown;
}

export interface Aggregation {
  readonly alias?: string;
  readonly count?: { readonly upTo?: { readonly value?: string } };
  readonly sum?: { readonly field?: FieldReference };
  readonly avg?: { readonly field?: FieldReference };
}

export interface GetDocumentRequest extends Consistency {
  readonly name?: string;
  readonly mask?: Mask;
}

export interface BatchGetDocumentsRequest extends Consistency {
  readonly database?: string;
  readonly documents?: readonly string[];
  readonly mask?: Mask;
}

export interface ListDocumentsRequest extends Consistency {
  readonly parent?: string;
  readonly collectionId?: string;
  readonly pageSize?: number;
  readonly pageToken?: string;
  readonly orderBy?: string;
  readonly mask?: Mask;
  readonly showMissing?: boolean;
}

export interface ListCollectionIdsRequest extends Consistency {
  readonly parent?: string;
  readonly pageSize?: number;
  readonly pageToken?: string;
}

export interface RunQueryRequest extends Consistency {
  readonly parent?: string;
  readonly structuredQuery?: StructuredQuery;
}

export interface RunAggregationQueryRequest extends Consistency {
  readonly parent?: string;
  readonly structuredAggregationQuery?: {
    readonly structuredQuery?: StructuredQuery;
    readonly aggregations?: readonly Aggregation[];
  };
}

export interface PartitionQueryRequest extends Consistency {
  readonly parent?: string;
  readonly structuredQuery?: StructuredQuery;
  readonly partitionCount?: string;
}

export interface CreateDocumentRequest {
  readonly parent?: string;
  readonly collectionId?: string;
  readonly documentId?: string;
  readonly document?: WireDocument;
  readonly mask?: Mask;
}

export interface UpdateDocumentRequest {
  readonly document?: WireDocument;
  readonly updateMask?: Mask;
  readonly mask?: Mask;
  readonly currentDocument?: Precondition;
}

export interface DeleteDocumentRequest {
  readonly name?: string;
  readonly currentDocument?: Precondition;
}

export interface CommitRequest {
  readonly database?: string;
  readonly writes?: readonly Write[];
  readonly transaction?: Uint8Array;
}

export interface BeginTransactionRequest {
  readonly database?: string;
  readonly options?: TransactionOptions;
}

export interface Target {
  readonly query?: { readonly parent?: string; readonly structuredQuery?: StructuredQuery };
  readonly documents?: { readonly documents?: readonly string[] };
  readonly resumeToken?: Uint8Array;
  readonly readTime?: Timestamp;
  readonly targetId?: number;
  readonly once?: boolean;
}

export interface ListenRequest {
  readonly database?: string;
  readonly addTarget?: Target;
  readonly removeTarget?: number;
}

/** The numbers of google.firestore.v1.TargetChange.TargetChangeType. */
export const TargetChangeType = { NO_CHANGE: 0, ADD: 1, REMOVE: 2, CURRENT: 3, RESET: 4 } as const;

export interface ListenResponse {
  readonly targetChange?: {
    readonly targetChangeType: number;
    readonly targetIds?: readonly number[];
    readonly cause?: { readonly code: number; readonly message: string };
    readonly resumeToken?: Uint8Array;
    readonly readTime?: Timestamp;
  };
  readonly documentChange?: {
    readonly document: StoredDocument | WireDocument;
    readonly targetIds: readonly number[];
  };
  readonly documentDelete?: DocumentGone;
  readonly documentRemove?: DocumentGone;
}

export interface DocumentGone {
  readonly document: string;
  readonly removedTargetIds: readonly number[];
  readonly readTime: Timestamp;
}
