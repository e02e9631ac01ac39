// One attempt to deliver an event over HTTP.

const MAX_REASON = 200;

/**
 * POSTs a structured CloudEvent and waits for the answer, which the Functions emulator gives when the handler is
 * done: 2xx when it returned, 500 when it threw. Resolves to undefined on success, otherwise to the reason.
 */
export async function post(url: string, body: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const headers = { "content-type": "application/cloudevents+json" };
    const response = await fetch(url, { method: "POST", headers, body, signal });
    // Read to its end also when it is of no interest: only then is the connection used again.
    const text = await response.text();
    return response.ok ? undefined : `${response.status} ${text.slice(0, MAX_REASON)}`.trim();
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return cause instanceof Error ? cause.message : String(cause);
  }
}
