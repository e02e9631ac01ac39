/** A TCP proxy of our own: the network, with faults on demand. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** Sees what comes back on one connection and gives what is passed on; undefined: nothing more of it is. */
export type Meddler = (bytes: Buffer) => Buffer | undefined;

export interface ProxyOptions {
  /** The port that new connections are led to. */
  readonly target: () => number;
  /** Called for each connection. Default: what comes back is passed on. */
  readonly meddler?: (() => Meddler) | undefined;
}

export interface TcpProxy {
  readonly port: number;
  /** Breaks every connection. */
  cut(): void;
  /** Passes nothing on in either direction, without breaking anything; new connections are silent, too. */
  silence(isSilent: boolean): void;
  /** Takes nothing more from the target, as if the client did not read. */
  stall(isStalled: boolean): void;
  close(): Promise<void>;
}

export async function startProxy(options: ProxyOptions): Promise<TcpProxy> {
  const proxy = new FaultyProxy(options);
  await proxy.listen();
  return proxy;
}

interface Link {
  readonly client: Socket;
  readonly target: Socket;
}

interface Passing {
  readonly isHeld: () => boolean;
  readonly meddler: Meddler;
}

class FaultyProxy implements TcpProxy {
  readonly #options: ProxyOptions;
  readonly #links = new Set<Link>();
  readonly #server = createServer((client) => this.#open(client));
  #isSilent = false;
  #isStalled = false;

  constructor(options: ProxyOptions) {
    this.#options = options;
  }

  async listen(): Promise<void> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  cut(): void {
    for (const { client, target } of this.#links) {
      client.resetAndDestroy();
      target.resetAndDestroy();
    }
  }

  silence(isSilent: boolean): void {
    this.#isSilent = isSilent;
    this.#settle();
  }

  stall(isStalled: boolean): void {
    this.#isStalled = isStalled;
    this.#settle();
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, "close");
  }

  #open(client: Socket): void {
    const { target: port, meddler = () => (bytes: Buffer) => bytes } = this.#options;
    const target = connect(port(), "127.0.0.1");
    const link = { client, target };
    this.#links.add(link);
    pass(client, target, { isHeld: () => this.#isSilent, meddler: (bytes) => bytes });
    pass(target, client, { isHeld: () => this.#isSilent || this.#isStalled, meddler: meddler() });
    // The one may outlast the other, which has ended in good order, and has to be ended with the rest.
    const forget = () => {
      if (client.closed && target.closed) this.#links.delete(link);
    };
    client.on("close", forget);
    target.on("close", forget);
    this.#settle();
  }

  #settle(): void {
    for (const { client, target } of this.#links) {
      if (this.#isSilent) client.pause();
      else if (!target.writableNeedDrain) client.resume();
      if (this.#isSilent || this.#isStalled) target.pause();
      else if (!client.writableNeedDrain) target.resume();
    }
  }
}

function pass(from: Socket, to: Socket, { isHeld, meddler }: Passing): void {
  from.setNoDelay(true);
  from.on("data", (bytes) => {
    const passed = meddler(bytes);
    if (!passed) from.destroy();
    else if ((passed.length > 0 && !to.write(passed)) || isHeld()) from.pause();
  });
  to.on("drain", () => {
    if (!isHeld()) from.resume();
  });
  from.on("error", () => {}); // told by "close"
  // In good order: what was taken from the one still reaches the other.
  from.on("close", (isBroken) => (isBroken ? to.resetAndDestroy() : to.end()));
}
