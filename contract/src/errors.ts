/** Every error Faultline can answer with: a stable reason, the status code it maps to, and whether retrying helps. */

/** The coarse code, the same as a callable's `HttpsError` carries, and the HTTP status each one maps to. */
export const errorStatus = {
  "invalid-argument": 400,
  unauthenticated: 401,
  "permission-denied": 403,
  "not-found": 404,
  "already-exists": 409,
  aborted: 409,
  "failed-precondition": 412,
  "resource-exhausted": 429,
  internal: 500,
  unavailable: 503,
} as const;

export type ErrorCode = keyof typeof errorStatus;

interface ReasonEntry {
  readonly code: ErrorCode;
  /** Whether the same request can succeed later without being changed. */
  readonly retry: boolean;
  readonly meaning: string;
}

/** The fine-grained reasons. A reason is never renamed or reused: callers switch on it, never on text. */
export const errorReasons = {
  "body-invalid": {
    code: "invalid-argument",
    retry: false,
    meaning: "A field of the request is missing, unknown or has the wrong type or value.",
  },
  "json-invalid": { code: "invalid-argument", retry: false, meaning: "The body is not valid JSON." },
  "body-too-large": {
    code: "invalid-argument",
    retry: false,
    meaning: "The body or message is larger than allowed.",
  },
  "media-type-unsupported": {
    code: "invalid-argument",
    retry: false,
    meaning: "The body is not application/json.",
  },
  "query-invalid": {
    code: "invalid-argument",
    retry: false,
    meaning: "A query parameter or header is unknown or malformed.",
  },
  "cursor-invalid": {
    code: "invalid-argument",
    retry: false,
    meaning: "The cursor was not made by this list with these filters and this sort.",
  },
  "room-invalid": { code: "invalid-argument", retry: false, meaning: "A room is not of the form kind:id." },
  "position-invalid": { code: "invalid-argument", retry: false, meaning: "A log position is malformed." },
  "token-missing": { code: "unauthenticated", retry: false, meaning: "No ID token was sent." },
  "token-invalid": {
    code: "unauthenticated",
    retry: false,
    meaning: "The ID token is malformed, wrongly signed or meant for somebody else.",
  },
  "token-expired": {
    code: "unauthenticated",
    retry: false,
    meaning: "The ID token has expired: get a fresh one.",
  },
  "ticket-invalid": {
    code: "unauthenticated",
    retry: false,
    meaning: "The stream ticket is unknown, used or expired: get a new one.",
  },
  "token-outdated": {
    code: "unauthenticated",
    retry: false,
    meaning: "The member's role or scope changed after the ID token was issued: get a fresh one.",
  },
  "organization-missing": {
    code: "permission-denied",
    retry: false,
    meaning: "The organization, role or scope in the ID token is missing or malformed.",
  },
  "permission-missing": {
    code: "permission-denied",
    retry: false,
    meaning: "The member's role does not allow this.",
  },
  "scope-exceeded": {
    code: "permission-denied",
    retry: false,
    meaning: "It lies outside the campuses and buildings the member is limited to.",
  },
  "room-foreign": {
    code: "permission-denied",
    retry: false,
    meaning: "The room belongs to another organization.",
  },
  "origin-refused": {
    code: "permission-denied",
    retry: false,
    meaning: "The web page is of an origin that may not connect: an operator has to allow it.",
  },
  "issue-unknown": {
    code: "not-found",
    retry: false,
    meaning: "There is no such issue in this organization.",
  },
  "building-unknown": {
    code: "not-found",
    retry: false,
    meaning: "There is no such building in this organization.",
  },
  "campus-unknown": {
    code: "not-found",
    retry: false,
    meaning: "There is no such campus in this organization.",
  },
  "member-unknown": {
    code: "not-found",
    retry: false,
    meaning: "There is no such member in this organization.",
  },
  "alert-unknown": {
    code: "not-found",
    retry: false,
    meaning: "There is no such alert in this organization.",
  },
  "route-unknown": { code: "not-found", retry: false, meaning: "There is nothing at this address." },
  "id-taken": { code: "already-exists", retry: false, meaning: "Something with this id exists already." },
  "key-reused": {
    code: "already-exists",
    retry: false,
    meaning: "This Idempotency-Key was used for a different request.",
  },
  contended: { code: "aborted", retry: true, meaning: "Too many writers changed the same thing at once." },
  "version-stale": {
    code: "failed-precondition",
    retry: false,
    meaning: "The issue has changed since the version that If-Match names.",
  },
  "move-illegal": {
    code: "failed-precondition",
    retry: false,
    meaning: "The workflow has no such move from the issue's status.",
  },
  "issue-merged": {
    code: "failed-precondition",
    retry: false,
    meaning: "The issue has been merged into another one.",
  },
  "building-in-use": { code: "failed-precondition", retry: false, meaning: "The building has issues." },
  "campus-in-use": { code: "failed-precondition", retry: false, meaning: "The campus has buildings." },
  "last-admin": {
    code: "failed-precondition",
    retry: false,
    meaning: "An organization keeps at least one admin.",
  },
  "rate-limited": { code: "resource-exhausted", retry: true, meaning: "Too many requests." },
  "too-many-rooms": {
    code: "resource-exhausted",
    retry: false,
    meaning: "The connection has subscribed to as many rooms as it may.",
  },
  "too-many-connections": {
    code: "resource-exhausted",
    retry: true,
    meaning: "The user has as many connections open as one may.",
  },
  "relay-full": {
    code: "unavailable",
    retry: true,
    meaning: "The relay takes no more connections just now: it is full, busy or being replaced.",
  },
  internal: {
    code: "internal",
    retry: true,
    meaning: "Something went wrong on the server; it has been logged.",
  },
  unavailable: { code: "unavailable", retry: true, meaning: "A service this depends on is out of reach." },
} as const satisfies Record<string, ReasonEntry>;

export type ErrorReason = keyof typeof errorReasons;

export interface ErrorOptions {
  /** The request's field at fault, as a path ("location.lat"), a parameter or a header name. */
  readonly field?: string;
  readonly cause?: unknown;
  /** When trying again makes sense, in milliseconds from now. */
  readonly retryAfterMs?: number;
}

/** What an error looks like outside the process that raised it. */
export interface ErrorBody {
  readonly code: ErrorCode;
  readonly reason: ErrorReason;
  readonly status: number;
  readonly message: string;
  readonly retry: boolean;
  readonly field?: string;
  readonly retryAfterMs?: number;
}

/** An error with a stable reason; its message is meant for the caller and says the way out. */
export class FaultlineError extends Error {
  override readonly name = "FaultlineError";
  readonly reason: ErrorReason;
  readonly field: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(reason: ErrorReason, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.reason = reason;
    this.field = options.field;
    this.retryAfterMs = options.retryAfterMs;
  }

  get code(): ErrorCode {
    return errorReasons[this.reason].code;
  }

  get status(): number {
    return errorStatus[this.code];
  }

  toBody(): ErrorBody {
    const { code, reason, status, message, field, retryAfterMs } = this;
    return {
      code,
      reason,
      status,
      message,
      retry: errorReasons[reason].retry,
      ...(field === undefined ? {} : { field }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    };
  }
}

/** Turns anything thrown into a `FaultlineError`; what is not one becomes `internal` and tells the caller nothing. */
export function toFaultlineError(error: unknown): FaultlineError {
  if (error instanceof FaultlineError) return error;
  return new FaultlineError("internal", "Something went wrong on our side.", { cause: error });
}
