// Commits as far back as they were told, in any order: who descends from whom, and when what was not told cannot matter.
import type { ObjectId } from '../object/id.ts';
import { Ancestry } from './ancestry.ts';

const WORD_BITS = 32;

/** `exits`: the commits the own ones stand on. */
export type Beyond<Id> = { readonly own: ReadonlySet<Id>; readonly exits: readonly Id[] };

export class PartialGraph<Id extends ObjectId> {
  readonly #numbers = new Map<Id, number>();
  readonly #ids: Id[] = [];
  /** By number; null: not told, only spoken of as a parent. */
  readonly #parents: (readonly number[] | null)[] = [];
  #untold = 0;
  #placed: Placed | null = null;

  /** Commits that were told. */
  get count(): number {
    return this.#ids.length - this.#untold;
  }

  has(id: Id): boolean {
    return this.#toldNumber(id) !== null;
  }

  tell(id: Id, parents: readonly Id[]): void {
    if (this.has(id)) return;
    const number = this.#number(id);
    this.#parents[number] = parents.map((parent) => this.#number(parent));
    this.#untold -= 1;
    this.#placed = null;
  }

  /** Parents that were not told. */
  get ends(): readonly Id[] {
    return this.#ids.filter((_, number) => this.#parents[number] === null);
  }

  /**
   * Whether all that was not told lies behind a commit that every tip has: no merge base of any two is there. Nor is one of any two commits that are
   * themselves the merge base of a tip and one tip they all share.
   */
  isEnoughFor(tips: readonly Id[]): boolean {
    const numbers = tips.map((tip) => this.#toldNumber(tip)).filter((number) => number !== null);
    return numbers.length === tips.length && (this.#untold === 0 || this.#isEnough(numbers));
  }

  /** As `git merge-base --all`, in no order that says anything, where it is enough for both. null: not to be told. */
  mergeBases(one: Id, other: Id): readonly Id[] | null {
    const [left, right] = [this.#toldNumber(one), this.#toldNumber(other)];
    if (left === null || right === null) return null;
    const { ancestry, placeOf, numberAt } = this.#place();
    const [a, b] = [placeOf[left] ?? -1, placeOf[right] ?? -1];
    // Where one holds the other, as on a target's own line, nothing further back has to be looked at.
    if (ancestry.isAncestor(Math.min(a, b), Math.max(a, b))) return [a < b ? one : other];
    const bases = ancestry.mergeBases(a, b).map((place) => numberAt[place] ?? -1);
    // A clock that ran backwards can hide that one base holds another behind what was not told.
    if (bases.length > 1 && this.#untold > 0 && !this.#isEnough(bases)) return null;
    return bases.flatMap((number) => this.#ids[number] ?? []);
  }

  /** What a tip has that `target` has not; null: more than `max`. */
  beyond(target: Id, max: number): (tip: Id) => Beyond<Id> | null {
    const held = new Uint8Array(this.#ids.length);
    const start = this.#numbers.get(target);
    for (const waiting = start === undefined ? [] : [start]; waiting.length > 0;) {
      const number = waiting.pop() ?? -1;
      if (held[number] === 1) continue;
      held[number] = 1;
      waiting.push(...this.#parents[number] ?? []);
    }
    return (tip) => {
      const number = this.#toldNumber(tip);
      return number === null || held[number] === 1 ? { own: new Set(), exits: [tip] } : this.#walk(number, held, max);
    };
  }

  #walk(tip: number, held: Uint8Array, max: number): Beyond<Id> | null {
    const [own, exits] = [new Set([tip]), new Set<number>()];
    for (const number of own) {
      if (own.size > max) return null;
      for (const parent of this.#parents[number] ?? []) (held[parent] === 1 || this.#parents[parent] === null ? exits : own).add(parent);
    }
    const named = (numbers: Iterable<number>): readonly Id[] => [...numbers].flatMap((number) => this.#ids[number] ?? []);
    return { own: new Set(named(own)), exits: named(exits) };
  }

  #isEnough(tips: readonly number[]): boolean {
    const words = Math.ceil(tips.length / WORD_BITS);
    const held = new Uint32Array(this.#ids.length * words);
    for (const [bit, tip] of tips.entries()) {
      const at = tip * words + Math.floor(bit / WORD_BITS);
      held[at] = (held[at] ?? 0) | 2 ** (bit % WORD_BITS);
    }
    const all = Uint32Array.from({ length: words }, (_, word) => word < words - 1 || tips.length % WORD_BITS === 0 ? 0xffff_ffff : 2 ** (tips.length % WORD_BITS) - 1);
    const isBehind = new Uint8Array(this.#ids.length);
    const { numberAt } = this.#place();
    for (let place = numberAt.length - 1; place >= 0; place -= 1) {
      const number = numberAt[place] ?? -1;
      const behind = isBehind[number] === 1 || all.every((bits, word) => held[number * words + word] === bits);
      for (const parent of this.#parents[number] ?? []) {
        if (behind) isBehind[parent] = 1;
        else for (let word = 0; word < words; word += 1) held[parent * words + word] = (held[parent * words + word] ?? 0) | (held[number * words + word] ?? 0);
      }
    }
    return this.#parents.every((parents, number) => parents !== null || isBehind[number] === 1 || all.every((_, word) => held[number * words + word] === 0));
  }

  #place(): Placed {
    return this.#placed ??= place(this.#parents);
  }

  #number(id: Id): number {
    const known = this.#numbers.get(id);
    if (known !== undefined) return known;
    const number = this.#ids.push(id) - 1;
    this.#numbers.set(id, number);
    this.#parents[number] = null;
    this.#untold += 1;
    return number;
  }

  #toldNumber(id: Id): number | null {
    const number = this.#numbers.get(id);
    return number === undefined || this.#parents[number] === null ? null : number;
  }
}

/** Parents before children; what was not told has no place. */
type Placed = { readonly ancestry: Ancestry; readonly placeOf: Int32Array; readonly numberAt: readonly number[] };

/** Told mostly children first; where a clock ran wrong a commit waits here for its parents. */
function place(parents: readonly (readonly number[] | null)[]): Placed {
  const ancestry = new Ancestry();
  const placeOf = new Int32Array(parents.length).fill(-1);
  const numberAt: number[] = [];
  for (let start = parents.length - 1; start >= 0; start -= 1) {
    const waiting = [start];
    for (let top = start; waiting.length > 0; top = waiting.at(-1) ?? -1) {
      const above = parents[top];
      const open = above === null || above === undefined || placeOf[top] !== -1 ? undefined : above.find((parent) => parents[parent] !== null && placeOf[parent] === -1);
      if (open !== undefined) {
        waiting.push(open);
        continue;
      }
      waiting.pop();
      if (above === null || above === undefined || placeOf[top] !== -1) continue;
      placeOf[top] = ancestry.add(above.flatMap((parent) => parents[parent] === null ? [] : placeOf[parent] ?? -1));
      numberAt.push(top);
    }
  }
  return { ancestry, placeOf, numberAt };
}
