/** The ws library alone: what comes from Redis goes to everybody. */
import { Redis } from "ioredis";
import { WebSocketServer } from "ws";

const [port = "", redisUrl = "", channel = ""] = process.argv.slice(2);
const server = new WebSocketServer({ port: Number(port) });
const redis = new Redis(redisUrl);
redis.on("message", (_channel: string, text: string) => {
  for (const client of server.clients) client.send(text);
});
await redis.subscribe(channel);
process.stdout.write("listening\n");
