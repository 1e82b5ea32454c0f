// What was thought about a conflict, file by file, as data for the ledger, the certificate and people. Bounded; knows no request.
import type { EscalationType } from './escalation.ts';

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
};

/** `1 file by consensus in 2 rounds, 91% sure`: the sum of it in one line. */
export function thoughtLine({ files }: Minds): string {
  const settled = files.filter((file) => file.outcome.kind === 'settled').length;
  const rounds = Math.max(0, ...files.map((file) => file.rounds));
  const sure = Math.min(1, ...files.map((file) => file.confidence));
  return `${settled} of ${files.length} settled in ${rounds === 1 ? '1 round' : `${rounds} rounds`}, ${Math.floor(100 * sure)}% sure`;
}
