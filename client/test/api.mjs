// The built API on a free port, as a process of its own: `node api.mjs`, with the environment that the functions need.
import { createServer } from "node:http";

process.env.FUNCTION_TARGET = "api";
const { api } = await import("../../functions/lib/index.js");
const server = createServer((request, response) => void api(request, response));
server.listen(0, "127.0.0.1", () => console.log(`listening on ${server.address().port}`));
