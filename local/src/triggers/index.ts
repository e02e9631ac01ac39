// Firestore triggers without the official emulator: what the embedded Firestore changes is delivered to the
// functions that the Functions emulator has loaded.
//
//   firestore.onChange -> delivery (lanes, retries) -> post (CloudEvent) -> Functions emulator -> handler
//                            | outbox: what is pending, kept across restarts
export type { BackoffOptions } from "./backoff.ts";
export { BackoffDefaults } from "./backoff.ts";
export type { DeliveryOptions, TriggerDelivery } from "./delivery.ts";
export { DeliveryDefaults, deliverTriggers } from "./delivery.ts";
export type { DiscoverOptions, TriggerRoute } from "./discover.ts";
export { discoverTriggers } from "./discover.ts";
export type { Outbox } from "./outbox.ts";
export { fileOutbox } from "./outbox.ts";
