/** A browser's storage, with as much room as a test gives it. */
import type { WriteStorage } from "../src/index.ts";

export function createStorage(): WriteStorage & { room: number } {
  const items = new Map<string, string>();
  return {
    room: Number.POSITIVE_INFINITY,
    get length() {
      return items.size;
    },
    key: (at) => [...items.keys()][at] ?? null,
    getItem: (name) => items.get(name) ?? null,
    setItem(name, text) {
      if (text.length > this.room) throw new DOMException("full", "QuotaExceededError");
      items.set(name, text);
    },
    removeItem: (name) => void items.delete(name),
  };
}
