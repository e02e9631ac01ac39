/** nchan, the module of nginx that pushes: one worker, in memory, without Redis. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort, type ManagedProcess, startProcess, waitUntil, whenReady } from "@faultline/local/process";
import { eventWith } from "../event.ts";
import type { Ground } from "../ground.ts";
import { mostClients } from "../options.ts";
import { pin } from "../process.ts";
import { getNginx, type Nginx } from "./nginx.ts";
import type { Server } from "./server.ts";

export async function startNchan(ground: Ground, framing: "websocket" | "stream"): Promise<Server> {
  const nginx = await getNginx();
  const port = await freePort();
  const folder = join(ground.folder, `nchan-${port}`);
  await mkdir(folder);
  const configuration = join(folder, "nginx.conf");
  await writeFile(configuration, configurationOf(nginx, folder, port));
  const master = startProcess(nginx.program, ["-p", folder, "-c", configuration]);
  await whenReady(
    master,
    waitUntil(() => answers(port), { what: "nchan", of: master, timeoutMs: 20_000 }),
  );
  const pid = await workerOf(master);
  await pin(pid, ground.cores?.server);
  return {
    name: framing === "stream" ? "nchan SSE" : "nchan",
    pids: [pid],
    speech: { ports: [port], path: "/subscribe", framing },
    async publish(mark) {
      const body = JSON.stringify(eventWith(mark));
      const { ok, status } = await fetch(`http://127.0.0.1:${port}/publish`, { method: "POST", body });
      if (!ok) throw new Error(`nchan took no event: ${status}`);
    },
    stop: () => master.stop("SIGTERM", 2_000),
  };
}

function configurationOf({ module }: Nginx, folder: string, port: number): string {
  const files = Math.min(mostClients(), 1_000_000);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (kind) => `  ${kind}_temp_path ${folder}/${kind};`,
  );
  return `load_module ${module};
${process.getuid?.() === 0 ? "user root;" : ""}
daemon off;
worker_processes 1;
worker_rlimit_nofile ${files};
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events { worker_connections ${files}; }
http {
${temporary.join("\n")}
  access_log off;
  keepalive_timeout 600s;
  keepalive_requests 1000000;
  nchan_shared_memory_size 256M;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location = /publish { nchan_publisher; nchan_channel_id bench; nchan_message_buffer_length 10; }
    location = /subscribe {
      nchan_subscriber websocket eventsource;
      nchan_channel_id bench;
      nchan_subscriber_first_message newest;
    }
  }
}
`;
}

async function answers(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/publish`).then(
    () => true,
    () => false,
  );
}

async function workerOf({ child: { pid } }: ManagedProcess): Promise<number> {
  const [worker] = (await readFile(`/proc/${pid}/task/${pid}/children`, "utf8")).trim().split(" ");
  return Number(worker);
}
