/** What is sent to every relay: the Emitter alone knows how that looks on the wire. */
import { Emitter } from "@socket.io/redis-emitter";

/** A message to every relay, without what it brings. */
export interface Envelope {
  readonly channel: string;
  /** What stands in the message before the JSON that it brings, and after. */
  readonly before: string;
  readonly after: string;
}

/** Stands in for what a message brings while the Emitter makes its envelope: no text of anybody is near it then. */
const content = "content";

/** The envelope of messages under a name; throws if the Emitter's messages are not JSON. */
export function envelopeOf(name: string): Envelope {
  const envelopes: Envelope[] = [];
  const publish = (channel: string, message: string) => {
    const [before, after, ...more] = message.split(JSON.stringify(content));
    if (before !== undefined && after !== undefined && more.length === 0)
      envelopes.push({ channel, before, after });
  };
  new Emitter({ publish }).serverSideEmit(name, content);
  const [envelope] = envelopes;
  if (!envelope) throw new TypeError("the Emitter's message has no place for what it brings");
  return envelope;
}
