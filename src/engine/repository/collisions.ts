// Pairs of branches in work that no longer go together: told when it begins and when it is over. Paths first, merges only of what shares some.
import { Touched } from './touched.ts';

export type Judgement =
  | { readonly kind: 'clean' }
  | { readonly kind: 'conflict'; readonly paths: readonly string[] }
  | { readonly kind: 'unknown' };

export type Turn = { readonly other: string; readonly kind: 'began'; readonly paths: readonly string[]; readonly sure: boolean } | { readonly other: string; readonly kind: 'over' };

export type Touch = { readonly path: string; readonly isGone: boolean };

/** Merges tried after one commit. Where more branches share its paths, those that went together so far come first. */
export const JUDGED_MAX = 64;

export class Collisions {
  readonly #touched = new Touched();
  readonly #colliding = new Map<string, Set<string>>();
  readonly #judge: (one: string, other: string) => Judgement;

  constructor(judge: (one: string, other: string) => Judgement) {
    this.#judge = judge;
  }

  watch(branch: string): void {
    this.#touched.watch(branch);
  }

  unwatch(branch: string): void {
    this.#touched.unwatch(branch);
    for (const other of this.#colliding.get(branch) ?? []) this.#colliding.get(other)?.delete(branch);
    this.#colliding.delete(branch);
  }

  isWatched(branch: string): boolean {
    return this.#touched.isWatched(branch);
  }

  /** `touches`: what the commit that is now the branch's tip changed. */
  after(branch: string, touches: readonly Touch[]): readonly Turn[] {
    const others = new Set<string>();
    for (const { path, isGone } of touches) this.#touched.touch(branch, path, isGone, others);
    if (others.size === 0) return NO_TURNS;
    const known = this.#colliding.get(branch) ?? NONE;
    const inOrder = [...others].toSorted((one, other) => Number(known.has(one)) - Number(known.has(other)));
    return inOrder.slice(0, JUDGED_MAX).flatMap((other) => this.#turn(branch, other));
  }

  #turn(branch: string, other: string): readonly Turn[] {
    const judgement = this.#judge(branch, other);
    const collided = this.#colliding.get(branch)?.has(other) ?? false;
    if (judgement.kind === 'clean') {
      if (!collided) return NO_TURNS;
      this.#colliding.get(branch)?.delete(other);
      this.#colliding.get(other)?.delete(branch);
      return [{ other, kind: 'over' }];
    }
    if (collided) return NO_TURNS;
    this.#pair(branch).add(other);
    this.#pair(other).add(branch);
    return [{ other, kind: 'began', paths: judgement.kind === 'conflict' ? judgement.paths : [], sure: judgement.kind === 'conflict' }];
  }

  #pair(branch: string): Set<string> {
    let others = this.#colliding.get(branch);
    if (others === undefined) this.#colliding.set(branch, others = new Set());
    return others;
  }
}

const NO_TURNS: readonly Turn[] = [];
const NONE: ReadonlySet<string> = new Set();
