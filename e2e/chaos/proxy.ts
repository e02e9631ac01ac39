/** A TCP proxy of our own: the network, with faults on demand. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface ProxyOptions {
  /** The port that new connections are led to. */
  readonly target: () => number;
  /** Sees what comes back before it is passed on; false: nothing of this connection is passed on any more. */
  readonly onAnswer?: (bytes: Buffer) => boolean;
}

export interface Proxy {
  readonly port: number;
  /** Breaks every connection. */
  cut(): void;
  /** Passes nothing on in either direction, without breaking anything; new connections are silent, too. */
  silence(isSilent: boolean): void;
  /** Takes nothing more from the target, as if the client did not read. */
  stall(isStalled: boolean): void;
  close(): Promise<void>;
}

export async function startProxy(options: ProxyOptions): Promise<Proxy> {
  const proxy = new TcpProxy(options);
  await proxy.listen();
  return proxy;
}

interface Link {
  readonly client: Socket;
  readonly target: Socket;
}

class TcpProxy implements Proxy {
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
    const target = connect(this.#options.target(), "127.0.0.1");
    const link = { client, target };
    this.#links.add(link);
    this.#pass(client, target, () => this.#isSilent);
    this.#pass(target, client, () => this.#isSilent || this.#isStalled, this.#options.onAnswer);
    const forget = () => this.#links.delete(link);
    client.on("close", forget);
    target.on("close", forget);
    this.#settle();
  }

  #pass(from: Socket, to: Socket, isHeld: () => boolean, onBytes: (bytes: Buffer) => boolean = () => true) {
    from.setNoDelay(true);
    from.on("data", (bytes) => {
      if (!onBytes(bytes)) from.destroy();
      else if (!to.write(bytes) || isHeld()) from.pause();
    });
    to.on("drain", () => {
      if (!isHeld()) from.resume();
    });
    from.on("error", () => {}); // told by "close"
    // In good order: what was taken from the one still reaches the other.
    from.on("close", (isBroken) => (isBroken ? to.resetAndDestroy() : to.end()));
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
