/** Engine.IO's long polling, without a library. */
import { socketPath } from "@faultline/contract";

const separator = "\x1e";

export class Poller {
  /** Where everything of this session goes. */
  readonly query: string;
  readonly #address: string;

  /** Begins a session; its first packet is taken. */
  static async open(url: string): Promise<Poller> {
    const query = "EIO=4&transport=polling";
    const answer = await fetch(`${url}${socketPath}/?${query}`);
    const { sid } = JSON.parse((await answer.text()).slice(1)) as { readonly sid: string };
    return new Poller(url, `${query}&sid=${sid}`);
  }

  constructor(url: string, query: string) {
    this.query = query;
    this.#address = `${url}${socketPath}/?${query}`;
  }

  /** Waits for packets; rejects when the session is over. */
  async poll(): Promise<readonly string[]> {
    const answer = await this.ask();
    if (answer.status !== 200) throw new Error(`the poll was answered with ${answer.status}`);
    return (await answer.text()).split(separator);
  }

  /** Sends packets; gives the answer's status and text. */
  async send(...packets: readonly string[]): Promise<string> {
    const answer = await this.ask({ method: "POST", body: packets.join(separator) });
    return `${answer.status} ${await answer.text()}`.trim();
  }

  ask(init?: RequestInit): Promise<Response> {
    return fetch(this.#address, init);
  }
}
