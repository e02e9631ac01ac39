/** Reads problem details (RFC 9457), the form in which API and relay tell of errors. */
import type { ErrorBody } from "@faultline/contract";
import { isErrorBody } from "../base/refusal.ts";

/** The error in a response; undefined when it is not from a server of ours, but from something on the way. */
export async function problemOf(response: Response): Promise<ErrorBody | undefined> {
  if (!response.headers.get("Content-Type")?.startsWith("application/problem+json")) return undefined;
  try {
    const problem: unknown = await response.json();
    if (!isErrorBody(problem)) return undefined;
    const { detail } = problem as ErrorBody & { readonly detail?: string };
    return { ...problem, message: detail ?? problem.message };
  } catch {
    return undefined;
  }
}
