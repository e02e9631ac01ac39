import { Contestant } from "./contestant.ts";
import { startGround } from "./ground.ts";
import { startRelay } from "./servers/relay.ts";
import { startSocketIo } from "./servers/socketio.ts";
import { startWs } from "./servers/ws.ts";

const clients = Number(process.argv[2] ?? 2000);
const ground = await startGround();
const entered: Contestant[] = [];
try {
  for (const server of [await startRelay(ground, { clients }), await startSocketIo(ground), await startWs(ground)]) {
    const c = await Contestant.enter(ground, server);
    const o = await c.connect({ count: clients });
    process.stdout.write(`${server.name} ${JSON.stringify(o)}\n`);
    entered.push(c);
  }
  for (let round = 0; round < Number(process.argv[3] ?? 4); round++)
    for (const c of entered) {
      const { latency, completion, ...s } = await c.saturate(1.2);
      process.stdout.write(`${c.server.name.padEnd(10)} ${JSON.stringify(s)} p50 ${latency.p50} p99 ${latency.p99} last ${completion.p50}\n`);
    }
} finally {
  for (const c of entered) await c.leave();
  await ground.stop();
}
