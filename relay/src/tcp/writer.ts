/** A TCP socket as something that finished bytes are written to, and what of them still waits. */
import type { Socket } from "node:net";
import { createWriteDirectly, isPlain, type WriteDirectly } from "./direct.ts";

export interface TcpWriter {
  /** Writes after all that the socket was given before, by whomever. */
  write(bytes: Buffer): void;
  /** How many bytes that the socket was given, by whomever, the kernel has not taken yet. */
  waiting(): number;
}

const systemWriteDirectly = createWriteDirectly();

/** `onDrained` is called when bytes that waited have gone. `writeDirectly` is the system's, where there is one. */
export function createTcpWriter(
  socket: Socket,
  onDrained: () => void,
  writeDirectly: WriteDirectly | undefined = systemWriteDirectly,
): TcpWriter {
  const plain = isPlain(socket) ? socket : undefined;
  /** Of what was written directly. */
  let left = 0;
  const waiting = () => left + socket.writableLength;
  return {
    waiting,
    write(bytes) {
      const { length } = bytes;
      const onDone = () => {
        left -= length;
        onDrained();
      };
      const more = plain && waiting() === 0 ? writeDirectly?.(plain, bytes, onDone) : undefined;
      if (more === undefined) socket.write(bytes, onDrained);
      else left += more;
    },
  };
}
