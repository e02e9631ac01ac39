export { assertSafeEnvironment, createVerifier, type Verifier, type VerifierOptions } from "./verifier.ts";
