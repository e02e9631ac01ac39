/** A TCP socket as something that finished bytes are written to, and what still waits of them. */
import type { Socket } from "node:net";
import { createWriteDirectly, type WriteDirectly } from "./direct.ts";

export interface TcpWriter {
  /** Writes after all that the socket was given before, which MUST have left Node.js. */
  write(bytes: Buffer): void;
  /** How many bytes that were written here the kernel has not taken yet. */
  waiting(): number;
}

const systemWriteDirectly = createWriteDirectly();

/** `onDrained` is called when bytes that waited have gone. `writeDirectly` is the system's, where there is one. */
export function createTcpWriter(
  socket: Socket,
  onDrained: () => void,
  writeDirectly: WriteDirectly | undefined = systemWriteDirectly,
): TcpWriter {
  let waiting = 0;
  return {
    waiting: () => waiting,
    write(bytes) {
      const { length } = bytes;
      const onDone = () => {
        waiting -= length;
        onDrained();
      };
      const left = writeDirectly?.(socket, bytes, onDone);
      if (left === undefined) socket.write(bytes, onDrained);
      else waiting += left;
    },
  };
}
