/** Answers to the messages of one socket, one after another. */
import { type ErrorBody, FaultlineError } from "@faultline/contract";
import type { Logger } from "pino";
import { refusalOf } from "../http/refusal.ts";
import type { MessageName, Metrics } from "../metrics/metrics.ts";
import { createTurns } from "./turns.ts";

interface Refusal {
  readonly ok: false;
  readonly error: ErrorBody;
}

export type Ack<Answer> = (answer: Answer | Refusal) => void;

/**
 * Lets `act` answer the message that `args` are of, in its turn; what it throws is the answer, too. A message without a
 * callback is acted on all the same.
 */
export type Answering = <Answer>(
  name: MessageName,
  args: readonly unknown[],
  act: (request: unknown, ack: Ack<Answer>) => Promise<void> | void,
) => void;

/** The most messages of one connection that wait for their answer. */
const mostWaiting = 64;

export function createAnswering(log: () => Logger, metrics: Metrics): Answering {
  const inTurn = createTurns(mostWaiting);
  return (name, args, act) => {
    const ack = callbackOf(args);
    const refuse = (error: unknown) => {
      const refusal = refusalOf(error, log());
      metrics.received(name, refusal.reason);
      if (refusal.code === "unauthenticated") metrics.authenticationFailed(refusal.reason);
      ack({ ok: false, error: refusal.toBody() });
    };
    const hasTurn = inTurn(async () => {
      try {
        await act(args[0], ack);
        metrics.received(name, "ok");
      } catch (error) {
        refuse(error);
      }
    });
    if (!hasTurn) refuse(new FaultlineError("rate-limited", "Too many messages at once; await the answers."));
  };
}

/** Socket.IO puts the callback last, after whatever else a client sends. */
export function callbackOf(args: readonly unknown[]): Ack<unknown> {
  const last = args.at(-1);
  return typeof last === "function" ? (answer) => last(answer) : () => {};
}
