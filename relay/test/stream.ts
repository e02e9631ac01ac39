/** A client of event streams: fetch, and the parsing that the HTML standard describes. */
import { Inbox } from "./inbox.ts";

export interface StreamClient {
  readonly status: number;
  readonly headers: Headers;
  readonly inbox: Inbox;
  /** Comments and `retry` fields, as they came. */
  readonly asides: readonly string[];
  /** Resolves when the relay has ended the stream. */
  readonly ended: Promise<void>;
  close(): void;
}

export interface StreamRequest {
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Opens `path` below /api/realtime. Rejects unless it is answered by a stream. */
export async function openStream(
  url: string,
  path: string,
  request: StreamRequest = {},
): Promise<StreamClient> {
  const { token, headers } = request;
  const abort = new AbortController();
  const response = await fetch(`${url}/api/realtime/${path}`, {
    headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers },
    signal: abort.signal,
  });
  if (!response.ok || !response.body) throw new Error(`${response.status}: ${await response.text()}`);
  const inbox = new Inbox();
  const asides: string[] = [];
  const ended = read(response.body, inbox, asides).catch(() => {});
  return {
    status: response.status,
    headers: response.headers,
    inbox,
    asides,
    ended,
    close: () => abort.abort(),
  };
}

async function read(body: ReadableStream<Uint8Array>, inbox: Inbox, asides: string[]): Promise<void> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    const records = text.split("\n\n");
    text = records.pop() ?? "";
    for (const record of records) take(record, inbox, asides);
  }
}

function take(record: string, inbox: Inbox, asides: string[]): void {
  const lines = record.split("\n");
  const field = (name: string) =>
    lines.filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2));
  const [name] = field("event");
  if (name === undefined) {
    asides.push(...lines);
    return;
  }
  const [id] = field("id");
  inbox.add({ name, data: JSON.parse(field("data").join("\n")), ...(id !== undefined && { id }) });
}
