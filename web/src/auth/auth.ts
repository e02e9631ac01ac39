/** Signing in with Firebase Auth. The only file that knows Firebase; loaded while the page says that it is starting. */
import type { Claims, Principal } from "@faultline/contract";
import { initializeApp } from "firebase/app";
import {
  browserLocalPersistence,
  connectAuthEmulator,
  indexedDBLocalPersistence,
  initializeAuth,
  onIdTokenChanged,
  signInWithEmailAndPassword,
  signOut,
  type User,
} from "firebase/auth";
import type { Config } from "../config/config.ts";

/** Somebody who is signed in. */
export interface Session {
  readonly email: string;
  /** Undefined for a user who is a member of no organization. */
  readonly principal: Principal | undefined;
}

export interface Auth {
  /** Tells of the session now and whenever it changes; undefined: nobody is signed in. Returns how to stop. */
  observe(listener: (session: Session | undefined) => void): () => void;
  /** Rejects with a Firebase error, whose `code` says why. */
  signIn(email: string, password: string): Promise<void>;
  signOut(): Promise<void>;
  /** An ID token; a new one when `fresh`. Rejects when nobody is signed in. */
  token(fresh: boolean): Promise<string>;
}

export function openAuth({ firebase, emulator }: Pick<Config, "firebase" | "emulator">): Auth {
  const auth = initializeAuth(initializeApp(firebase), {
    persistence: [indexedDBLocalPersistence, browserLocalPersistence],
  });
  if (emulator) connectAuthEmulator(auth, emulator.auth, { disableWarnings: true });
  return {
    observe: (listener) =>
      onIdTokenChanged(auth, async (user) => listener(user ? await sessionOf(user) : undefined)),
    async signIn(email, password) {
      await signInWithEmailAndPassword(auth, email, password);
    },
    signOut: () => signOut(auth),
    async token(fresh) {
      if (!auth.currentUser) throw new Error("nobody is signed in");
      return auth.currentUser.getIdToken(fresh);
    },
  };
}

async function sessionOf(user: User): Promise<Session> {
  const { claims, issuedAtTime, expirationTime } = await user.getIdTokenResult();
  const email = user.email ?? user.uid;
  const { organizationId, role, campusIds, buildingIds } = claims as unknown as Partial<Claims>;
  if (organizationId === undefined || role === undefined) return { email, principal: undefined };
  const principal: Principal = {
    uid: user.uid,
    ...(user.displayName !== null && { name: user.displayName }),
    organizationId,
    role,
    ...(campusIds && { campusIds }),
    ...(buildingIds && { buildingIds }),
    issuedAt: Date.parse(issuedAtTime) / 1_000,
    expiresAt: Date.parse(expirationTime) / 1_000,
  };
  return { email, principal };
}
