export type { Retention } from "./append.ts";
export { type AlertChange, type Change, createPublisher, type Publisher } from "./publisher.ts";
export { createRedis } from "./redis.ts";
