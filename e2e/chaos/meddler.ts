/** Meddles with what a relay sends over WebSocket: what a broken relay would do to single events. */
import type { Meddler } from "./proxy.ts";

const headEnd = "\r\n\r\n";
const textFrame = 0x81;

/** How often a message is passed on: 0 drops it, 2 repeats it. */
export type Copies = (message: string) => number;

/** Passes whole frames on, text frames as often as `copies` says; the answer to the upgrade comes as it is. */
export function createFrameMeddler(copies: Copies): Meddler {
  let pending = Buffer.alloc(0);
  let hasBegun = false;
  return (bytes) => {
    pending = Buffer.concat([pending, bytes]);
    const passed: Buffer[] = [];
    const take = (length: number) => {
      const taken = pending.subarray(0, length);
      pending = pending.subarray(length);
      return taken;
    };
    if (!hasBegun) {
      const end = pending.indexOf(headEnd);
      if (end < 0) return Buffer.alloc(0);
      passed.push(take(end + headEnd.length));
      hasBegun = true;
    }
    for (let frame = frameAt(pending); frame; frame = frameAt(pending)) {
      const whole = take(frame.end);
      const times = whole[0] === textFrame ? copies(whole.toString("utf8", frame.payload)) : 1;
      for (let time = 0; time < times; time += 1) passed.push(whole);
    }
    return Buffer.concat(passed);
  };
}

/** Where the first frame's payload begins, and where the frame ends; a server does not mask. RFC 6455, 5.2. */
function frameAt(bytes: Buffer): { readonly payload: number; readonly end: number } | undefined {
  if (bytes.length < 2) return undefined;
  const short = bytes.readUInt8(1) & 0x7f;
  const payload = short === 127 ? 10 : short === 126 ? 4 : 2;
  if (bytes.length < payload) return undefined;
  const length =
    short === 127 ? Number(bytes.readBigUInt64BE(2)) : short === 126 ? bytes.readUInt16BE(2) : short;
  const end = payload + length;
  return bytes.length < end ? undefined : { payload, end };
}
