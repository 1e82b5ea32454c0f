// What was thought about a conflict, file by file, as data for the ledger, the certificate and people. Bounded; knows no request.
import type { OptionId } from './ballot.ts';
import type { EscalationType } from './escalation.ts';
import type { Approach, Lesson } from './lesson.ts';

export type Minds = { readonly files: readonly Thought[] };

export type Thought = {
  readonly path: string;
  readonly conflictClass: string;
  /** The rounds in words, as `transcript.ts` tells them. */
  readonly lines: readonly string[];
  readonly rounds: number;
  /** Of the best option in the last round, 0 to 1. */
  readonly confidence: number;
  readonly outcome: { readonly kind: 'settled'; readonly rung: string; readonly dropped: number } | { readonly kind: 'person'; readonly type: EscalationType; readonly code: string; readonly why: string };
  readonly record: ThoughtRecord;
};

/** What a lesson is made of once it is known what became of it (`merge/memory.ts`). */
export type ThoughtRecord = {
  /** Of the hunks, by `likeness.ts`. */
  readonly hunks: string;
  /** What there was to choose from, at most OPTIONS_MAX. */
  readonly options: readonly Approach[];
  /** Which of them each letter of a person's answer stands for. */
  readonly letters: Readonly<Record<string, OptionId>>;
  /** What the last round put first, or `none`. */
  readonly best: OptionId;
  readonly votes: Lesson['votes'];
  /** What speaks for the best. */
  readonly rationale: string;
  /** The lesson that was heard as a precedent. */
  readonly precedent: string | null;
};

/** Files that nobody was asked about, each with the reason: `logo.png: holds bytes that are no text`. */
export function unheardWords({ files }: Minds): readonly string[] {
  return files.flatMap(({ path, rounds, outcome }) => rounds === 0 && outcome.kind === 'person' ? [`${path}: ${outcome.why}`] : []);
}

/** `1 file by consensus in 2 rounds, 91% sure`: the sum of it in one line. */
export function thoughtLine({ files }: Minds): string {
  if (files.every(({ rounds }) => rounds === 0)) return 'nothing was voted on';
  const settled = files.filter((file) => file.outcome.kind === 'settled').length;
  const rounds = Math.max(0, ...files.map((file) => file.rounds));
  const sure = Math.min(1, ...files.map((file) => file.confidence));
  return `${settled} of ${files.length} settled in ${rounds === 1 ? '1 round' : `${rounds} rounds`}, ${Math.floor(100 * sure)}% sure`;
}
