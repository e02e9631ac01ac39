/**
 * The process of one function instance: the functions as they are deployed, over HTTP, so that a run can kill it between
 * any two of its steps. Its environment is that of a function, with PORT and the address of the functions' bundle.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

type Functions = typeof import("../../functions/src/index.ts");

const functions = (await import(process.env.FUNCTIONS_BUNDLE ?? "")) as Functions;

type Call = (event: never) => unknown;

/** What is delivered rather than called, by address. */
const deliveries: Readonly<Record<string, Call>> = {
  "/trigger/issues": functions.onIssueWritten,
  "/trigger/alerts": functions.onAlertWritten,
  "/sweep": functions.reconcileLog.run,
};

/** Answers 500 when the function rejects: whoever delivers has to try again. */
async function deliver(call: Call, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk;
  try {
    await call(JSON.parse(text) as never);
    response.writeHead(204).end();
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
}

const server = createServer((request, response) => {
  const call = deliveries[request.url ?? ""];
  if (call) void deliver(call, request, response);
  // Express makes of Node's messages what the functions expect.
  else functions.api(request as Parameters<Functions["api"]>[0], response as Parameters<Functions["api"]>[1]);
});
server.listen(Number(process.env.PORT), "127.0.0.1");
