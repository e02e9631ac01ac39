/** Entity tags and the conditional requests that use them (RFC 9110, section 13). */
import { FaultlineError } from "@faultline/contract";
import type { Versions } from "../service/index.ts";

/** The tag of an issue is its version. */
export function etagOf({ version }: { readonly version: number }): string {
  return `"${version}"`;
}

/**
 * The versions that If-Match takes; undefined without the header. A weak tag is taken as a strong one: proxies weaken
 * what they compress. Throws `query-invalid` for what is not a tag of ours.
 */
export function parseIfMatch(header: string | undefined): Versions | undefined {
  if (header === undefined) return undefined;
  if (header.trim() === "*") return "any";
  return tagsOf(header).map((tag) => {
    const [, version] = /^(?:W\/)?"(\d{1,15})"$/.exec(tag) ?? [];
    if (version === undefined) {
      throw new FaultlineError("query-invalid", 'If-Match: must be * or an ETag such as "3".', {
        field: "If-Match",
      });
    }
    return Number(version);
  });
}

/** Whether the caller has this version already. Tags that are not ours match nothing. */
export function isKnown(ifNoneMatch: string | undefined, issue: { readonly version: number }): boolean {
  if (ifNoneMatch === undefined) return false;
  return tagsOf(ifNoneMatch).some((tag) => tag === "*" || tag.replace(/^W\//, "") === etagOf(issue));
}

function tagsOf(header: string): readonly string[] {
  return header.split(",").map((tag) => tag.trim());
}
