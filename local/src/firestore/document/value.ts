// The values of documents, in the shape of google.firestore.v1.Value: one property is set, named for its type.

/** `seconds` is a decimal string, as int64 is everywhere here; a zero may be left out on the wire. */
export interface Timestamp {
  readonly seconds?: string;
  readonly nanos?: number;
}

export interface Value {
  readonly nullValue?: 0 | "NULL_VALUE";
  readonly booleanValue?: boolean;
  readonly integerValue?: string;
  readonly doubleValue?: number;
  readonly timestampValue?: Timestamp;
  readonly stringValue?: string;
  readonly bytesValue?: Uint8Array;
  readonly referenceValue?: string;
  readonly geoPointValue?: { readonly latitude?: number; readonly longitude?: number };
  readonly arrayValue?: ArrayValue;
  readonly mapValue?: { readonly fields?: Fields };
}

export interface ArrayValue {
  readonly values?: readonly Value[];
}

export type Fields = { readonly [name: string]: Value };

/** A document as it is stored and sent: never changed, only replaced. */
export interface StoredDocument {
  /** The full resource name, `projects/…/documents/…`. */
  readonly name: string;
  /** Relative to the database root, `organizations/o/issues/i`. */
  readonly path: string;
  readonly fields: Fields;
  readonly createTime: Timestamp;
  readonly updateTime: Timestamp;
}

/** What a commit did to one document; `before` is absent on creation, `after` on deletion. */
export interface DocumentChange {
  /** Relative to the database root, `organizations/o/issues/i`. */
  readonly path: string;
  readonly before?: StoredDocument;
  readonly after?: StoredDocument;
  readonly commitTime: Timestamp;
  /** Grows by one with every change, also across restarts with a data directory. */
  readonly sequence: number;
}

export const NULL: Value = { nullValue: 0 };

export type NumberValue = Value & ({ readonly integerValue: string } | { readonly doubleValue: number });

/** Whether the value is an integer or a double. */
export const isNumber = (value: Value | undefined): value is NumberValue =>
  value?.integerValue !== undefined || value?.doubleValue !== undefined;

/** The number of an integer or double value; beyond 2^53 an integer is rounded. */
export const toNumber = (value: Value): number => value.doubleValue ?? Number(value.integerValue);
