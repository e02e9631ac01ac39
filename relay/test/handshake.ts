/** The first request of a socket, as HTTP sees it. */
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { socketPath } from "@faultline/contract";

export interface HandshakeAnswer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  /** Empty when the upgrade was granted. */
  readonly body: string;
}

const upgradeHeaders = {
  connection: "upgrade",
  upgrade: "websocket",
  "sec-websocket-version": "13",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
};

/** Asks for a connection, by default for one with Engine.IO 4, and leaves it when it is granted. */
export function handshake(
  url: string,
  transport: "websocket" | "polling",
  headers: Readonly<Record<string, string>> = {},
  query = `EIO=4&transport=${transport}`,
): Promise<HandshakeAnswer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${url}${socketPath}/?${query}`, {
      headers: { ...(transport === "websocket" && upgradeHeaders), ...headers },
      agent: false,
    });
    const answer = ({ statusCode: status, headers }: IncomingMessage, body: string) =>
      resolve({ status, headers, body });
    request.on("response", (response) => {
      text(response).then((body) => answer(response, body), reject);
    });
    request.on("upgrade", (response, socket) => {
      socket.destroy();
      answer(response, "");
    });
    request.on("error", reject);
    request.end();
  });
}
