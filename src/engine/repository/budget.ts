// How much the repository may keep in memory. Contents that were saved can be read again and leave, oldest first; nothing else can.
import { MaestroError } from '../../error.ts';
import type { Blob } from '../object/node.ts';

/** What is only kept to be faster: it goes first. */
export type Spare = { readonly bytes: number; forget(): void };

export class Budget {
  readonly #bytesMax: number;
  readonly #spare: Spare;
  #bytes = 0;
  /** In the order they came; those before `#first` left. */
  #kept: Blob[] = [];
  /** For each of them the number of its commit. */
  #keptBy: number[] = [];
  #first = 0;
  #savedBefore = 0;

  constructor(bytesMax: number, spare: Spare) {
    this.#bytesMax = bytesMax;
    this.#spare = spare;
  }

  get bytes(): number {
    return this.#bytes + this.#spare.bytes;
  }

  /** Makes room, or throws `engine-full` with nothing changed that could not be read again. */
  reserve(bytes: number): void {
    if (this.bytes + bytes <= this.#bytesMax) return;
    this.#spare.forget();
    this.#evict(bytes);
    if (this.#bytes + bytes <= this.#bytesMax) return;
    throw new MaestroError('engine-full', `${this.#bytes + bytes} bytes would be in memory and ${this.#bytesMax} are allowed`, {
      next: 'flush what was committed, so that contents may leave memory, or give the repository more', retryable: true,
    });
  }

  /** Not contents: what a commit and its trees take for themselves. */
  charge(bytes: number): void {
    this.#bytes += bytes;
  }

  keep(blob: Blob, commit: number): void {
    this.#bytes += blob.bytes?.length ?? 0;
    this.#kept.push(blob);
    this.#keptBy.push(commit);
  }

  /** All commits with a lower number are stored elsewhere. */
  saved(before: number): void {
    this.#savedBefore = before;
  }

  #evict(bytes: number): void {
    for (let next = this.#kept[this.#first]; next !== undefined && (this.#keptBy[this.#first] ?? 0) < this.#savedBefore; next = this.#kept[this.#first]) {
      if (this.#bytes + bytes <= this.#bytesMax) break;
      this.#first += 1;
      if (next.bytes === null || next.id === '') continue;
      this.#bytes -= next.bytes.length;
      next.bytes = null;
    }
    if (this.#first > this.#kept.length / 2) {
      this.#kept = this.#kept.slice(this.#first);
      this.#keptBy = this.#keptBy.slice(this.#first);
      this.#first = 0;
    }
  }
}
