/** Firebase Auth's users through firebase-admin. */
import { FaultlineError } from "@faultline/contract";
import type { Auth } from "firebase-admin/auth";
import { type Accounts, mergedClaims } from "./accounts.ts";

export function createAccounts(auth: Auth): Accounts {
  return {
    async find(uid) {
      try {
        const user = await auth.getUser(uid);
        return { uid, name: user.displayName ?? null, claims: user.customClaims ?? {} };
      } catch (error) {
        if (codeOf(error) === "auth/user-not-found") return undefined;
        throw unavailable(error);
      }
    },
    async setClaims({ uid, claims: current }, claims) {
      try {
        await auth.setCustomUserClaims(uid, mergedClaims(current, claims));
        // An ID token that is out stays good for up to an hour; no new one is given for the old claims.
        await auth.revokeRefreshTokens(uid);
      } catch (error) {
        throw unavailable(error);
      }
    },
  };
}

function unavailable(error: unknown): FaultlineError {
  return new FaultlineError("unavailable", "The user directory is out of reach; try again.", {
    cause: error,
  });
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
