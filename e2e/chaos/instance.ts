/**
 * The process of one function instance: the API and the trigger as they are deployed, over HTTP, so that a run can kill
 * it between any two of its steps. Its environment is that of a function, with PORT.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { onIssueWritten } from "../../functions/src/index.ts";
import { runtime } from "../../functions/src/runtime.ts";

type WrittenEvent = Parameters<typeof onIssueWritten>[0];

/** Answers 500 when the trigger rejects: whoever delivers has to try again. */
async function trigger(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk;
  try {
    await onIssueWritten(JSON.parse(text) as WrittenEvent);
    response.writeHead(204).end();
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
}

const server = createServer((request, response) => {
  if (request.url === "/trigger") void trigger(request, response);
  else runtime().api(request, response);
});
server.listen(Number(process.env.PORT), "127.0.0.1");
