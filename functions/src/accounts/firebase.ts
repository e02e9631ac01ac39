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
        // Sessions live on: the next token has these claims, and those that are out are refused as outdated.
        await auth.setCustomUserClaims(uid, mergedClaims(current, claims));
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
