/** Verifies Firebase ID tokens, for the API and the relay alike. */
import { claimsSchema, FaultlineError, type Principal } from "@faultline/contract";
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify, UnsecuredJWT } from "jose";

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
 * `token-expired` (401), `organization-missing` when the token names no organization or role (403), `unavailable`
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
  const keys = createRemoteJWKSet(new URL(keysUrl));
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
 * does, and `FUNCTIONS_EMULATOR` beside it.
 */
export function assertSafeEnvironment(environment: Readonly<Record<string, string | undefined>>): void {
  const { FIREBASE_AUTH_EMULATOR_HOST, K_SERVICE, FUNCTIONS_EMULATOR } = environment;
  if (FIREBASE_AUTH_EMULATOR_HOST && K_SERVICE && FUNCTIONS_EMULATOR !== "true") {
    throw new Error(
      "FIREBASE_AUTH_EMULATOR_HOST is set on a deployed service: unsigned tokens would be accepted. Remove it.",
    );
  }
}

function refusal(error: unknown): FaultlineError {
  if (error instanceof errors.JWTExpired) {
    return new FaultlineError("token-expired", "The ID token has expired; get a fresh one.", {
      field: "token",
      cause: error,
    });
  }
  if (isKeyFetchFailure(error)) {
    return new FaultlineError("unavailable", "The keys that verify tokens can't be had just now.", {
      cause: error,
    });
  }
  return new FaultlineError("token-invalid", "This is not a valid Firebase ID token of this project.", {
    field: "token",
    cause: error,
  });
}

/** A key set that times out or answers nonsense says nothing about the token. */
function isKeyFetchFailure(error: unknown): boolean {
  if (error instanceof errors.JWKSTimeout) return true;
  if (error instanceof errors.JOSEError) return error.code === "ERR_JOSE_GENERIC";
  return error instanceof TypeError && error.message === "fetch failed";
}

function toPrincipal(payload: JWTPayload): Principal {
  const claims = claimsSchema.safeParse(payload);
  if (!payload.sub || payload.sub.length > 128) {
    throw new FaultlineError("token-invalid", "The ID token names no user.", { field: "token" });
  }
  if (!claims.success) {
    const field = String(claims.error.issues[0]?.path[0] ?? "organizationId");
    throw new FaultlineError(
      "organization-missing",
      `The ID token's claim ${field} is missing or malformed; ask an admin to add you.`,
      {
        field,
      },
    );
  }
  const { organizationId, role, campusIds, buildingIds } = claims.data;
  return {
    uid: payload.sub,
    organizationId,
    role,
    ...(campusIds && { campusIds }),
    ...(buildingIds && { buildingIds }),
    ...(typeof payload.name === "string" && { name: payload.name }),
    expiresAt: payload.exp as number,
  };
}
