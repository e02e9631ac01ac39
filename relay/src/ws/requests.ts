/** What clients ask over Socket.IO, parsed. */
import {
  authenticateSchema,
  parse,
  parseRoom,
  positionSchema,
  type Room,
  subscribeSchema,
  unsubscribeSchema,
} from "@faultline/contract";
import { z } from "zod";
import type { SubscribeRequest } from "../session.ts";

const looseSubscribeSchema = subscribeSchema.extend({ since: z.unknown().optional() });
const sinceSchema = positionSchema.optional();

/** A malformed position has a reason of its own. */
export function parseSubscribe(message: unknown): SubscribeRequest {
  const { rooms, since } = parse(looseSubscribeSchema, message);
  const position = parse(sinceSchema, since, "position-invalid", "since");
  return { names: rooms, fieldOf, ...(position !== undefined && { since: position }) };
}

export function parseUnsubscribe(message: unknown): readonly Room[] {
  const { rooms } = parse(unsubscribeSchema, message);
  return rooms.map((name, index) => parseRoom(name, fieldOf(index)));
}

/** The fresh token. */
export function parseAuthenticate(message: unknown): string {
  return parse(authenticateSchema, message).token;
}

function fieldOf(index: number): string {
  return `rooms.${index}`;
}
