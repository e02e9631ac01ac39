/** The network of one visitor: a way to the page and its API, and one to the relay, each of which can fail by itself. */
import { freePort } from "@faultline/local/process";
import type { BrowserContext } from "playwright-core";
import { startProxy, type TcpProxy } from "../chaos/proxy.ts";

export interface Way extends Pick<TcpProxy, "silence"> {
  readonly url: string;
  /** How many WebSockets were opened on it so far. */
  readonly webSockets: number;
  /** Ends what is open on it, and refuses what is new, until it is mended. */
  breakOff(): void;
  mend(): void;
  /** Lets no WebSocket be opened, as some companies' proxies do. */
  blockWebSockets(): void;
}

export interface Network {
  /** To Hosting, which has the page and the API. */
  readonly hosting: Way;
  readonly relay: Way;
  /** Tells the page of these ways. */
  prepare(context: BrowserContext): Promise<void>;
  close(): Promise<void>;
}

export async function startNetwork(to: {
  readonly hosting: string;
  readonly relay: string;
}): Promise<Network> {
  const [hosting, relay] = await Promise.all([startWay(to.hosting), startWay(to.relay)]);
  return {
    hosting,
    relay,
    async prepare(context) {
      await context.route("**/config.json", async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, json: { ...(await response.json()), relay: relay.url } });
      });
    },
    async close() {
      await Promise.all([hosting.close(), relay.close()]);
    },
  };
}

async function startWay(to: string): Promise<Way & Pick<TcpProxy, "close">> {
  const [port, nowhere] = [Number(new URL(to).port), await freePort()];
  const state = { isBroken: false, isBlocking: false, webSockets: 0 };
  const proxy = await startProxy({
    target: () => (state.isBroken ? nowhere : port),
    meddler: () => (bytes) => {
      if (!bytes.subarray(0, 12).equals(switchingProtocols)) return bytes;
      if (state.isBlocking) return undefined;
      state.webSockets += 1;
      return bytes;
    },
  });
  return {
    url: `http://127.0.0.1:${proxy.port}`,
    get webSockets() {
      return state.webSockets;
    },
    silence: (isSilent) => proxy.silence(isSilent),
    breakOff() {
      state.isBroken = true;
      proxy.cut();
    },
    mend() {
      state.isBroken = false;
    },
    blockWebSockets() {
      state.isBlocking = true;
    },
    close: () => proxy.close(),
  };
}

/** How a server's yes to a WebSocket begins. */
const switchingProtocols = Buffer.from("HTTP/1.1 101");
