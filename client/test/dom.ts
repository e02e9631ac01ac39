/** A page for React in Node: only what React asks for, so that requests and sockets stay Node's own. */
import { Window } from "happy-dom";

const page = new Window({ url: "http://127.0.0.1/" });
const names = [
  "document",
  "HTMLElement",
  "HTMLIFrameElement",
  "Element",
  "Node",
  "Text",
  "MutationObserver",
  "navigator",
] as const;
for (const name of names) Object.defineProperty(globalThis, name, { value: page[name], configurable: true });
Object.defineProperty(globalThis, "window", { value: page, configurable: true });
