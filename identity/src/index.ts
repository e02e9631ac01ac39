export { type VerifyOnceOptions, verifyOnce } from "./once.ts";
export { assertSafeEnvironment, createVerifier, type Verifier, type VerifierOptions } from "./verifier.ts";
