// Who descends from whom, by number: a commit's number is higher than its parents', so that numbers alone are an order. Knows no ids.

const LEFT = 1;
const RIGHT = 2;
const BOTH = LEFT | RIGHT;
/** Below a merge base that was found: nothing there is a best one. */
const STALE = 4;

const COMMITS_AT_FIRST = 1024;

export class Ancestry {
  #count = 0;
  /** The parents of commit n are `#parents` from `#starts[n]` to before `#starts[n + 1]`. */
  #starts = new Int32Array(COMMITS_AT_FIRST + 1);
  #parents = new Int32Array(COMMITS_AT_FIRST);
  /** What a walk painted; all zero between two walks. */
  #paint = new Uint8Array(COMMITS_AT_FIRST);
  /** Empty between two walks, and kept: a merge would make more memory for them than for all it keeps. */
  readonly #waiting = new Heap();
  readonly #touched = new Numbers();

  /** Whose merge bases were asked for last, and all that it has in its history where that is kept. */
  #asked = -1;
  #history: Set<number> | null = null;

  get count(): number {
    return this.#count;
  }

  /** The number of a new commit with these parents, which have theirs already. */
  add(parents: readonly number[]): number {
    const start = this.#room(parents.length);
    for (let at = 0; at < parents.length; at += 1) this.#put(start + at, parents[at] ?? -1);
    return this.#added(start + parents.length);
  }

  /** As `add`, for the most usual commit. */
  addChild(parent: number): number {
    const start = this.#room(1);
    this.#put(start, parent);
    return this.#added(start + 1);
  }

  #room(parents: number): number {
    const added = this.#count;
    const start = this.#starts[added] ?? 0;
    if (added + 1 >= this.#starts.length) this.#starts = grown(this.#starts);
    if (added >= this.#paint.length) this.#paint = new Uint8Array(this.#paint.length * 2);
    if (start + parents > this.#parents.length) this.#parents = grown(this.#parents, start + parents);
    return start;
  }

  #put(at: number, parent: number): void {
    if (parent < 0 || parent >= this.#count) throw new RangeError(`commit ${this.#count} has the parent ${parent}`);
    this.#parents[at] = parent;
  }

  #added(end: number): number {
    const added = this.#count;
    this.#starts[added + 1] = end;
    this.#count += 1;
    return added;
  }

  parentsOf(commit: number): readonly number[] {
    return [...this.#parents.subarray(this.#starts[commit], this.#starts[commit + 1])];
  }

  /** This commit and what it descends from, children before their parents; at most so many. */
  newest(commit: number, max: number): readonly number[] {
    const found: number[] = [];
    const seen = new Set([commit]);
    const waiting = new Heap();
    waiting.add(commit);
    for (let left = 1; left > 0 && found.length < max; left -= 1) {
      const next = waiting.take();
      found.push(next);
      for (const parent of this.parentsOf(next)) {
        if (seen.has(parent)) continue;
        seen.add(parent);
        waiting.add(parent);
        left += 1;
      }
    }
    return found;
  }

  /** The common ancestors that no other common ancestor descends from, highest number first. */
  mergeBases(one: number, other: number): readonly number[] {
    if (one === other) return [one];
    const base = this.#follow(one) ? this.#onlyBase(other) : null;
    if (base !== null) return [base];
    const bases: number[] = [];
    const [waiting, touched] = [this.#waiting, this.#touched];
    touched.add(one);
    touched.add(other);
    this.#paint[one] = LEFT;
    this.#paint[other] = RIGHT;
    waiting.add(one);
    waiting.add(other);
    // As long as something waits that is not stale; what is stale only makes more stale.
    for (let live = 2; live > 0;) {
      const commit = waiting.take();
      let paint = this.#paint[commit] ?? 0;
      if ((paint & STALE) === 0) live -= 1;
      if (paint === BOTH) {
        bases.push(commit);
        paint |= STALE;
      }
      live += this.#paintParents(commit, paint, waiting, touched);
    }
    for (let at = 0; at < touched.count; at += 1) this.#paint[touched.at(at)] = 0;
    touched.clear();
    waiting.clear();
    return bases;
  }

  /** A target moves merge by merge, and is asked about at each step: its history is kept then, or each step would walk all steps before it. */
  #follow(tip: number): boolean {
    const before = this.#parents[this.#starts[tip] ?? 0] ?? -1;
    const isNext = this.#starts[tip] !== this.#starts[tip + 1] && before === this.#asked;
    if (tip !== this.#asked && !isNext) this.#history = null;
    else if (isNext) this.#reach(this.#history ??= new Set(), tip);
    this.#asked = tip;
    return this.#history !== null;
  }

  /** Into `history`, as far as it is not there. */
  #reach(history: Set<number>, tip: number): void {
    const waiting = [tip];
    for (let commit = waiting.pop(); commit !== undefined; commit = waiting.pop()) {
      if (history.has(commit)) continue;
      history.add(commit);
      waiting.push(...this.parentsOf(commit));
    }
  }

  /** Where every way from `other` first meets the kept history: one commit alone is the base; of several, one may be below another, and null is said. */
  #onlyBase(other: number): number | null {
    const met = new Set<number>();
    const seen = new Set<number>();
    const waiting = [other];
    for (let commit = waiting.pop(); commit !== undefined; commit = waiting.pop()) {
      if (seen.has(commit)) continue;
      seen.add(commit);
      if (this.#history?.has(commit) === true) met.add(commit);
      else waiting.push(...this.parentsOf(commit));
    }
    const [base, ...more] = met;
    return base === undefined || more.length > 0 ? null : base;
  }

  /** How many more commits wait that are not stale. */
  #paintParents(commit: number, paint: number, waiting: Heap, touched: Numbers): number {
    let more = 0;
    const end = this.#starts[commit + 1] ?? 0;
    for (let at = this.#starts[commit] ?? 0; at < end; at += 1) {
      const parent = this.#parents[at] ?? 0;
      const before = this.#paint[parent] ?? 0;
      const after = before | paint;
      if (after === before) continue;
      this.#paint[parent] = after;
      if (before === 0) {
        touched.add(parent);
        waiting.add(parent);
        if ((after & STALE) === 0) more += 1;
      } else if ((before & STALE) === 0 && (after & STALE) !== 0) {
        more -= 1;
      }
    }
    return more;
  }

  /** Also true of a commit and itself. */
  isAncestor(ancestor: number, commit: number): boolean {
    if (ancestor >= commit) return ancestor === commit;
    const waiting = [commit];
    const touched: number[] = [];
    let isFound = false;
    for (let next = waiting.pop(); next !== undefined && !isFound; next = waiting.pop()) {
      const end = this.#starts[next + 1] ?? 0;
      for (let at = this.#starts[next] ?? 0; at < end; at += 1) {
        const parent = this.#parents[at] ?? 0;
        if (parent === ancestor) isFound = true;
        // What has a lower number cannot descend from it.
        if (parent <= ancestor || this.#paint[parent] !== 0) continue;
        this.#paint[parent] = LEFT;
        touched.push(parent);
        waiting.push(parent);
      }
    }
    for (const one of touched) this.#paint[one] = 0;
    return isFound;
  }
}

function grown(numbers: Int32Array, least = 0): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(numbers.length * 2, least));
  larger.set(numbers);
  return larger;
}

class Numbers {
  readonly #numbers: number[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  at(index: number): number {
    return this.#numbers[index] ?? 0;
  }

  add(number: number): void {
    this.#numbers[this.#count] = number;
    this.#count += 1;
  }

  clear(): void {
    this.#count = 0;
  }
}

/** The highest number first. */
class Heap {
  readonly #numbers: number[] = [];
  #count = 0;

  clear(): void {
    this.#count = 0;
  }

  add(number: number): void {
    const heap = this.#numbers;
    let at = this.#count;
    this.#count += 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above] ?? 0;
      if (parent >= number) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = number;
  }

  take(): number {
    const heap = this.#numbers;
    const length = this.#count - 1;
    const [top, last] = [heap[0] ?? 0, heap[length] ?? 0];
    this.#count = length;
    if (length === 0) return top;
    let at = 0;
    for (let below = 1; below < length; below = 2 * at + 1) {
      if (below + 1 < length && (heap[below + 1] ?? 0) > (heap[below] ?? 0)) below += 1;
      if ((heap[below] ?? 0) <= last) break;
      heap[at] = heap[below] ?? 0;
      at = below;
    }
    heap[at] = last;
    return top;
  }
}
