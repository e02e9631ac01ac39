/** Values that change, in the form that React's `useSyncExternalStore` takes. */

export interface Store<T> {
  /** The same object until something has changed. */
  getSnapshot(): T;
  /** Calls `listener` after each change; gives the way to end that. */
  subscribe(listener: () => void): () => void;
}

export class Value<T> implements Store<T> {
  readonly #listeners = new Set<() => void>();
  #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  readonly getSnapshot = (): T => this.#value;

  readonly subscribe = (listener: () => void): (() => void) => {
    // One listener that is subscribed twice is called twice, and ended once at a time.
    const own = () => listener();
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  };

  /** Setting what it is already calls nobody. */
  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const listener of [...this.#listeners]) listener();
  }
}
