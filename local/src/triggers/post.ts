// One attempt to deliver an event over HTTP.

/** Undefined when the function has handled the event, otherwise why it has not. */
export type PostResult = { readonly failure: string; readonly movedTo?: string } | undefined;

/** POSTs a structured CloudEvent and waits for the answer, which the Functions emulator gives when the handler is done. */
export async function post(url: string, body: string, signal: AbortSignal): Promise<PostResult> {
  try {
    const headers = { "content-type": "application/cloudevents+json" };
    const response = await fetch(url, { method: "POST", headers, body, signal });
    const text = await response.text();
    if (response.ok) return undefined;
    const movedTo = response.status === 404 ? reloadedUrl(url, text) : undefined;
    return { failure: `${response.status} ${text.slice(0, 200)}`.trim(), ...(movedTo && { movedTo }) };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { failure: cause instanceof Error ? cause.message : String(cause) };
  }
}

/** After the functions' code changed the emulator counts up the end of each key; its 404 names the new ones. */
function reloadedUrl(url: string, answer: string): string | undefined {
  const [, base = "", key = ""] = /^(.*\/)([^/]+)-\d+$/.exec(url) ?? [];
  const known = answer.split("valid functions are: ")[1]?.split(", ") ?? [];
  const current = known.find(
    (each) => each.startsWith(`${key}-`) && /^\d+$/.test(each.slice(key.length + 1)),
  );
  return key !== "" && current !== undefined && base + current !== url ? base + current : undefined;
}
