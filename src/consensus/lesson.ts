// What one conflict taught: the seed's record, with who voted for what and what became of it. Plain data, one repository's own.
import type { OptionId } from './ballot.ts';

export type Approach = {
  readonly option: OptionId;
  /** What built it, e.g. `union`. */
  readonly rung: string;
  /** What it puts into the hunks, by `likeness.ts`. */
  readonly fingerprint: string;
  readonly chance: number;
};

export type Lesson = {
  readonly id: string;
  readonly atMs: number;
  readonly conflictClass: string;
  readonly file: string;
  /** Of the hunks, by `likeness.ts` (white space and whose side is whose do not count): equal ones are the same question. */
  readonly fingerprint: string;
  readonly approaches: readonly Approach[];
  /** What the room came to; `confidence` is that in its best option, also where it did not settle. */
  readonly consensus: { readonly settled: boolean; readonly option: OptionId; readonly confidence: number; readonly rounds: number; readonly why: string };
  /** The last votes: what each put first, several where it did not choose. */
  readonly votes: readonly { readonly voter: string; readonly favourites: readonly OptionId[] }[];
  readonly decision:
    | { readonly by: 'person'; readonly person: string; readonly option: OptionId }
    | { readonly by: 'consensus'; readonly option: OptionId }
    | null;
  readonly rationale: string;
  /** Who wrote the two sides. */
  readonly authors: readonly string[];
  readonly outcome: Fate;
};

/** What became of it: still watched, stayed for the whole watch, was undone, or its lines were changed again soon after. */
export type Fate = 'watched' | 'survived' | 'reverted' | 'touched';

/** How long what landed is watched before it counts as survived. */
export const WATCH_MS = 14 * 24 * 3_600_000;

/** What the target's history shows: null for what has not happened. */
export type Watched = { readonly landedMs: number; readonly revertedMs: number | null; readonly touchedMs: number | null };

/** Undone counts whenever it happens; touched only within the watch, for every line is changed some day. */
export function fateOf({ landedMs, revertedMs, touchedMs }: Watched, nowMs: number): Fate {
  if (revertedMs !== null) return 'reverted';
  if (touchedMs !== null && touchedMs < landedMs + WATCH_MS) return 'touched';
  return nowMs < landedMs + WATCH_MS ? 'watched' : 'survived';
}

/** What is right by this lesson. Only people's decisions and merges that stayed teach; `wrong` names what was undone. */
export type Truth = { readonly kind: 'right'; readonly option: OptionId } | { readonly kind: 'wrong'; readonly option: OptionId } | { readonly kind: 'unknown' };

export function truthOf(lesson: Lesson): Truth {
  const { decision, outcome } = lesson;
  if (decision === null) return { kind: 'unknown' };
  switch (outcome) {
    case 'survived': return { kind: 'right', option: decision.option };
    case 'reverted': return decision.by === 'person' ? { kind: 'unknown' } : { kind: 'wrong', option: decision.option };
    // A person's word counts at once; lines that were touched again may have been right, or not.
    case 'watched':
    case 'touched': return decision.by === 'person' ? { kind: 'right', option: decision.option } : { kind: 'unknown' };
  }
}

/** Whoever could gain by teaching this: the person who decided, or else the authors of what landed. */
export function teachersOf(lesson: Lesson): readonly string[] {
  return [...new Set((lesson.decision?.by === 'person' ? [lesson.decision.person] : lesson.authors).map(identityOf))];
}

/** `Ada <ada@example.org>` and `Ada L. <ADA@example.org>` are one person. */
export function identityOf(person: string): string {
  return (/<([^<>]+)>\s*$/.exec(person)?.[1] ?? person).trim().toLowerCase();
}
