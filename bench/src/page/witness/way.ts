/// <reference lib="dom" />
/** Noted in the page: a change's way out, from the click to the API's answer, and its way in, as the socket's messages. */

export interface Way {
  /** When the newest click was. */
  readonly clickedAt: number;
  /** The newest write to the API that was answered since `begin`. */
  readonly call: { readonly sentAt: number; readonly answeredAt: number } | undefined;
  /** How many messages came since `begin`. */
  readonly messages: number;
  /** Forgets calls and messages. */
  begin(): void;
  /** When the first message since `begin` came that has all these words in it. */
  messageWith(words: readonly string[]): number | undefined;
}

declare global {
  var way: Way;
}

/** Runs in the page before anything of the page's own; it is sent there as text, and can use nothing outside itself. */
export function installWay(): void {
  const wallClock = (time = performance.now()) => performance.timeOrigin + time;
  const noted = {
    clickedAt: 0,
    call: undefined as Way["call"],
    messages: [] as { at: number; text: string }[],
  };
  addEventListener(
    "click",
    ({ timeStamp }) => {
      noted.clickedAt = wallClock(timeStamp);
    },
    { capture: true },
  );
  const fetchAsItIs = globalThis.fetch;
  globalThis.fetch = async (target, init) => {
    const sentAt = wallClock();
    const response = await fetchAsItIs(target, init);
    const isWrite = init?.method !== undefined && init.method !== "GET";
    if (isWrite && String(target).includes("/issues")) noted.call = { sentAt, answeredAt: wallClock() };
    return response;
  };
  globalThis.WebSocket = class extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      this.addEventListener("message", ({ data, timeStamp }) => {
        noted.messages.push({ at: wallClock(timeStamp), text: String(data) });
      });
    }
  };
  globalThis.way = {
    get clickedAt() {
      return noted.clickedAt;
    },
    get call() {
      return noted.call;
    },
    get messages() {
      return noted.messages.length;
    },
    begin: () => void Object.assign(noted, { call: undefined, messages: [] }),
    messageWith: (words) => noted.messages.find(({ text }) => words.every((word) => text.includes(word)))?.at,
  };
}
