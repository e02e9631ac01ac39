/** A light client of one connection, over either transport: no library between the test and the wire. */

export type Transport = "socket" | "stream";
export const transports = ["socket", "stream"] as const satisfies readonly Transport[];

export interface LineRequest {
  readonly port: number;
  readonly token: string;
  readonly rooms: readonly string[];
  /** The position to resume from. */
  readonly since?: string | undefined;
  /** Called with every event and every message of the relay's own, in order. */
  readonly onMessage: (name: string, data: unknown) => void;
  /** The connection's own end, as an address of the loopback network. */
  readonly localAddress?: string;
}

export interface Line {
  /** Resolves when the rooms are joined; rejects with a `Refusal`, or an error when it broke before. */
  readonly joined: Promise<void>;
  /** Resolves when the connection is over, whoever ended it. */
  readonly ended: Promise<void>;
  /** Says goodbye, where the transport has a word for it. */
  leave(): void;
  /** Is gone without a word. */
  cut(): void;
}

/** What the relay answered instead. */
export class Refusal extends Error {
  constructor(
    readonly reason: string,
    readonly retryAfterMs = 0,
  ) {
    super(reason);
  }
}

/** The refusal that an error body stands for. */
export function refusalOf(body: unknown): Refusal {
  const { reason, retryAfterMs } = (body ?? {}) as { reason?: string; retryAfterMs?: number };
  return new Refusal(reason ?? "no reason", retryAfterMs);
}
