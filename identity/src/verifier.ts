/** Verifies Firebase ID tokens, for the API and the relay alike. */
import {
  type Claims,
  claimsSchema,
  FaultlineError,
  type Principal,
  parse,
  uidSchema,
} from "@faultline/contract";
import {
  createRemoteJWKSet,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
  UnsecuredJWT,
} from "jose";

/** Google's keys for Firebase ID tokens. */
const googleKeysUrl =
  "https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com";

/** Seconds that our clock and Google's may differ by. */
const clockToleranceSeconds = 5;

export interface VerifierOptions {
  /** The Firebase project whose tokens are accepted. */
  readonly projectId: string;
  /** Accept the Auth emulator's unsigned tokens, and only those. Default false. */
  readonly emulated?: boolean;
  /** Where the public keys are. Default Google's. */
  readonly keysUrl?: string;
}

/**
 * Resolves to who sent the token. Rejects with a `FaultlineError`: `token-missing`, `token-invalid` or
 * `token-expired` (401), `organization-missing` when the token's organization, role or scope is missing or malformed (403), `unavailable`
 * when Google's keys can't be had.
 */
export type Verifier = (token: string | undefined) => Promise<Principal>;

/** A verifier per https://firebase.google.com/docs/auth/admin/verify-id-tokens: RS256, issuer, audience, subject. */
export function createVerifier(options: VerifierOptions): Verifier {
  const { projectId, emulated = false, keysUrl = googleKeysUrl } = options;
  const checks = {
    issuer: `https://securetoken.google.com/${projectId}`,
    audience: projectId,
    requiredClaims: ["sub", "iat", "exp"],
    clockTolerance: clockToleranceSeconds,
  };
  const keys = keySet(new URL(keysUrl));
  const open = async (token: string): Promise<JWTPayload> => {
    if (emulated) return UnsecuredJWT.decode(token, checks).payload;
    return (await jwtVerify(token, keys, { ...checks, algorithms: ["RS256"] })).payload;
  };
  return async (token) => {
    if (!token) throw new FaultlineError("token-missing", "Send a Firebase ID token.", { field: "token" });
    const payload = await open(token).catch((error: unknown) => {
      throw refusal(error);
    });
    return toPrincipal(payload);
  };
}

/**
 * Throws when a deployed process would accept unsigned tokens. The Functions emulator sets `K_SERVICE` as Cloud Run
 * does, and `FUNCTIONS_EMULATOR` beside it, but not Cloud Run's `K_CONFIGURATION`.
 */
export function assertSafeEnvironment(environment: Readonly<Record<string, string | undefined>>): void {
  const { FIREBASE_AUTH_EMULATOR_HOST, K_SERVICE, K_CONFIGURATION, FUNCTIONS_EMULATOR } = environment;
  const isEmulator = FUNCTIONS_EMULATOR === "true" && !K_CONFIGURATION;
  if (FIREBASE_AUTH_EMULATOR_HOST && K_SERVICE && !isEmulator) {
    throw new Error(
      "FIREBASE_AUTH_EMULATOR_HOST is set on a deployed service: unsigned tokens would be accepted. Remove it.",
    );
  }
}

/** The keys; failing to get them says nothing about the token, so that is `unavailable`. */
function keySet(url: URL): JWTVerifyGetKey {
  const remote = createRemoteJWKSet(url);
  return (header, token) =>
    remote(header, token).catch((error: unknown) => {
      if (isTokensFault(error)) throw error;
      throw new FaultlineError("unavailable", "The keys that verify tokens can't be had just now.", {
        cause: error,
      });
    });
}

/** The token names a key that does not exist, or none although there are several. */
function isTokensFault(error: unknown): boolean {
  return error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys;
}

function refusal(error: unknown): FaultlineError {
  if (error instanceof FaultlineError) return error;
  if (error instanceof errors.JWTExpired) {
    return new FaultlineError("token-expired", "The ID token has expired; get a fresh one.", {
      field: "token",
      cause: error,
    });
  }
  return invalid("This is not a valid Firebase ID token of this project.", error);
}

function invalid(message: string, cause?: unknown): FaultlineError {
  return new FaultlineError("token-invalid", message, { field: "token", cause });
}

/** A payload as `createVerifier` checked it: jose requires `exp` and `iat`, and that they are numbers. */
function toPrincipal(payload: JWTPayload): Principal {
  const { sub, iat = Infinity, exp = 0, name } = payload;
  if (iat > Date.now() / 1000 + clockToleranceSeconds)
    throw invalid("The ID token was issued in the future.");
  const uid = uidSchema.safeParse(sub);
  if (!uid.success) throw invalid("The ID token names no user.");
  return {
    uid: uid.data,
    ...toClaims(payload),
    ...(typeof name === "string" && { name }),
    issuedAt: iat,
    expiresAt: exp,
  };
}

function toClaims(payload: JWTPayload): Claims {
  try {
    return parse(claimsSchema, payload);
  } catch (error) {
    const [claim] = (error instanceof FaultlineError && error.field?.split(".")) || [];
    const field = claim && claim in claimsSchema.shape ? claim : "organizationId";
    throw new FaultlineError(
      "organization-missing",
      `The ID token's claim ${field} is missing or malformed; ask an admin to add you.`,
      { field },
    );
  }
}
