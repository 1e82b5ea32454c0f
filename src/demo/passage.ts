// What the demo tells, as data: page.ts turns it into lines for people, `--json` prints it as it is.
import type { MergeRequest, Question, RefactorTask, Resolution } from '../merge/request.ts';
import type { Tone } from '../command/render/line.ts';

export type Landing = {
  readonly agent: string;
  readonly branch: string;
  readonly tip: string;
  readonly id: string;
  /** The merge commit on the target. */
  readonly merge: string;
  /** How its conflict was settled; null where there was none. */
  readonly settled: { readonly how: Resolution['how']; readonly rounds: number } | null;
  /** Both count from the first push; landed means that the remote was seen to have it. */
  readonly pushedAtMs: number;
  readonly landedAtMs: number;
};

export type Summary = {
  readonly target: string;
  readonly landings: readonly Landing[];
  /** What a person was asked. */
  readonly answers: readonly Answer[];
  /** From the first push to the last landing. */
  readonly totalMs: number;
};

/** `waitedMs`: from the question to the answer; `landedAfterMs`: from the answer on. */
export type Answer = { readonly branch: string; readonly letter: string; readonly by: string; readonly waitedMs: number; readonly landedAfterMs: number };

export type Kept = { readonly root: string; readonly remote: string; readonly casey: string; readonly clones: readonly string[]; readonly pid: number };

export type Passage =
  | { readonly kind: 'opening'; readonly source: string | null }
  | { readonly kind: 'cast'; readonly agents: readonly { readonly name: string; readonly branch: string; readonly subject: string }[]; readonly voters: Readonly<Record<string, string>>; readonly target: string; readonly gate: string | null; readonly pid: number }
  /** `atMs` counts from the first push. */
  | { readonly kind: 'step'; readonly atMs: number; readonly who: string; readonly tone: Tone; readonly text: string; readonly more: readonly string[] }
  | { readonly kind: 'question'; readonly request: MergeRequest; readonly question: Question; readonly place: string | null; readonly claims: readonly { readonly letter: string; readonly name: string; readonly claim: string }[] }
  | { readonly kind: 'answer'; readonly letters: readonly string[]; readonly letter: string }
  | { readonly kind: 'task'; readonly agent: string; readonly task: RefactorTask }
  | ({ readonly kind: 'summary' } & Summary)
  | { readonly kind: 'graph'; readonly target: string; readonly lines: readonly string[] }
  | { readonly kind: 'certificate'; readonly id: string; readonly branch: string; readonly text: string }
  | { readonly kind: 'closing'; readonly rollback: string; readonly kept: Kept | null };

export type Tell = (passage: Passage) => void;
