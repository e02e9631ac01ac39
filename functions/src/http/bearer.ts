/** The token of an Authorization header. */
import { FaultlineError } from "@faultline/contract";

/** Undefined without the header; throws `token-invalid` when it is not of the form `Bearer TOKEN`. */
export function bearerToken(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined;
  const [, token] = /^Bearer +([^\s]+) *$/i.exec(authorization) ?? [];
  if (token === undefined) {
    throw new FaultlineError("token-invalid", "Authorization: must be Bearer and a Firebase ID token.", {
      field: "Authorization",
    });
  }
  return token;
}
