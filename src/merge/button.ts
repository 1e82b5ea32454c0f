// The buttons of a request's check run, and what a press means by the time it arrives. Knows no forge.
import { isTakenOff } from './advice.ts';
import { questionMark } from './identity.ts';
import { adviceOn, mayBeRetried } from './reason.ts';
import type { MergeRequest, OptionLetter, Phase } from './request.ts';

/** GitHub takes an id and a label of at most 20 characters, a note of at most 40. */
export type Button = { readonly id: string; readonly label: string; readonly note: string };

/** At most 3. One press is one letter: where several files conflict, it would answer them all alike unseen. */
export function buttonsOf(phase: Phase): readonly Button[] {
  if (phase.state === 'escalated' && phase.question.conflict.paths.length === 1)
    return phase.question.options.map(({ letter }) => ({ id: `answer ${letter} ${questionMark(phase.question)}`, label: `[${letter}]`, note: noteOn(letter) }));
  return isTakenOff(phase) || (phase.state === 'rejected' && mayBeRetried(phase.reason) && adviceOn(phase.reason).turn !== 'nobody') ? [{ id: 'retry', label: 'Retry', note: 'Queue the same commit again' }] : [];
}

function noteOn(letter: OptionLetter): string {
  switch (letter) {
    case 'A': return 'Keep the target\'s side';
    case 'B': return 'Take the branch\'s side';
    case 'C': case 'D': case 'E': case 'F': return 'Take the proposal';
  }
}

export type Press =
  | { readonly kind: 'answer'; readonly letter: OptionLetter; /** The mark of its question. */ readonly question: string }
  | { readonly kind: 'retry' }
  | { readonly kind: 'stale' }      // of a question that is no longer asked
  | { readonly kind: 'unknown' };

/** What a button's id asks of the request as it is now: a page may be old, and shows the question that was open then. */
export function pressOf(id: string, { phase }: Pick<MergeRequest, 'phase'>): Press {
  if (id === 'retry') return { kind: 'retry' };
  const [word, letter, mark, ...more] = id.split(' ');
  if (word !== 'answer' || mark === undefined || more.length > 0) return { kind: 'unknown' };
  if (phase.state !== 'escalated' || questionMark(phase.question) !== mark) return { kind: 'stale' };
  const option = phase.question.options.find((one) => one.letter === letter);
  return option === undefined ? { kind: 'unknown' } : { kind: 'answer', letter: option.letter, question: mark };
}
