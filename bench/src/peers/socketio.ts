/** Stock Socket.IO with its Redis adapter, as its documentation sets it up. Everybody is in one room. */
import { createAdapter } from "@socket.io/redis-adapter";
import { Redis } from "ioredis";
import { Server } from "socket.io";

const [port = "", redisUrl = "", room = "", key = ""] = process.argv.slice(2);
const publisher = new Redis(redisUrl);
const io = new Server({
  transports: ["websocket"],
  adapter: createAdapter(publisher, publisher.duplicate(), { key }),
});
io.on("connection", (socket) => socket.join(room));
io.listen(Number(port));
process.stdout.write("listening\n");
