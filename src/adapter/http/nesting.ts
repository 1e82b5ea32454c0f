// How deep a JSON text nests, counted over its bytes as they arrive: `JSON.parse` takes seconds and half a gigabyte for 10 MB of `[`. Knows no JSON beyond brackets and strings.

/** GitHub's payloads stay below ten. */
export const NESTING_MAX = 64;

const [QUOTE, BACKSLASH, ARRAY, ARRAY_END, OBJECT, OBJECT_END] = [0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d];

export class Nesting {
  #depth = 0;
  #inString = false;
  #escaped = false;
  #tooDeep = false;

  get tooDeep(): boolean {
    return this.#tooDeep;
  }

  update(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length && !this.#tooDeep; at += 1) {
      if (this.#inString) at = this.#skipString(chunk, at);
      else this.#see(chunk[at]);
    }
  }

  /** Most of a payload is text: this loop is what 25 MB cost. Returns where the string or the chunk ends. */
  #skipString(chunk: Uint8Array, from: number): number {
    let escaped = this.#escaped;
    let at = from;
    for (; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (escaped) escaped = false;
      else if (byte === BACKSLASH) escaped = true;
      else if (byte === QUOTE) {
        this.#inString = false;
        break;
      }
    }
    this.#escaped = escaped;
    return at;
  }

  #see(byte: number | undefined): void {
    if (byte === QUOTE) this.#inString = true;
    else if (byte === ARRAY || byte === OBJECT) {
      this.#depth += 1;
      this.#tooDeep = this.#depth > NESTING_MAX;
    } else if (byte === ARRAY_END || byte === OBJECT_END) this.#depth -= 1;
  }
}
