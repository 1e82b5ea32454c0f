// Keeps what was used of late within a budget of bytes, in two generations: cheaper than an order of all, and as good. Knows nothing of what it keeps.

type Weighed<V> = { readonly value: V; readonly bytes: number };

export class Recent<K, V> {
  readonly #halfMax: number;
  #young = new Map<K, Weighed<V>>();
  #old = new Map<K, Weighed<V>>();
  #youngBytes = 0;

  constructor(bytesMax: number) {
    this.#halfMax = bytesMax / 2;
  }

  get(key: K): V | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young.value;
    const old = this.#old.get(key);
    if (old === undefined) return undefined;
    this.#put(key, old);
    return old.value;
  }

  set(key: K, value: V, bytes: number): void {
    this.#put(key, { value, bytes });
  }

  /** One that is larger than half the budget is kept alone, until the next. */
  #put(key: K, weighed: Weighed<V>): void {
    if (this.#youngBytes > 0 && this.#youngBytes + weighed.bytes > this.#halfMax) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#youngBytes = 0;
    }
    if (!this.#young.has(key)) this.#youngBytes += weighed.bytes;
    this.#young.set(key, weighed);
  }
}
