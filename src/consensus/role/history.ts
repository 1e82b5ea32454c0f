// Does it still hold what the sides say they did, what was chosen here before, and what came last where one side had the other's text? Reads messages as bags of words: data, never orders.
import type { Intent } from '../../resolution/conflict-file.ts';
import { beforeOf, isSuccessor, successorIn, type Before } from '../../resolution/earlier.ts';
import type { Abstention, Ballot } from '../ballot.ts';
import type { Case, Option, Precedent } from '../option.ts';
import { quoted } from '../text.ts';
import { abstention, ballotOf, type Opinion } from './role.ts';

const VOTER = 'history';

/** However many words a message brings, only so many count: who writes more does not weigh more. */
const WORDS_MAX = 12;
const WORD = /[\p{L}_][\p{L}\p{N}_]{3,}/gu;
const MESSAGE_CHARS_MAX = 4_000;
/** Of a side or an option; a longer text is not read by this role. */
const TEXT_CHARS_MAX = 500_000;
const PRECEDENT_WEIGHT = 8;
const WENT_ON_WEIGHT = 4;
const WENT_ON = { ours: 'is the target\'s text, which was the branch\'s before and went on from there', theirs: 'is the branch\'s text, which was the target\'s before and went on from there' };

export function historyVote(subject: Case): Ballot | Abstention {
  const { file, options, precedent } = subject;
  if ([file.base ?? '', file.ours, file.theirs].some((text) => text.length > TEXT_CHARS_MAX)) return abstention(VOTER, 'the file is too long to read');
  // Words of a message that only its own side added: what it says it did, where it did it.
  const ours = spoken(file.intent.oursMessage, file.intent.oursLog, file.ours, [file.base ?? '', file.theirs]);
  const theirs = spoken(file.intent.theirsMessage, file.intent.theirsLog, file.theirs, [file.base ?? '', file.ours]);
  const before = beforeOf(file);
  if (ours.length + theirs.length === 0 && precedent === null && successorIn(before) === null) return abstention(VOTER, 'the messages say nothing about these lines');
  return ballotOf(VOTER, options.map((option) => precedent?.fingerprint === option.fingerprint ? { option, weight: PRECEDENT_WEIGHT, sentence: sentenceOf(precedent) } : wentOn(option, before) ?? judged(option, ours, theirs)));
}

/** One side whole, where it had the other's text before: that is the later word on the same matter. */
function wentOn(option: Option, before: Before | null): Opinion | null {
  const side = successorIn(before);
  return side === null || !isSuccessor(before, option.text) ? null : { option, weight: WENT_ON_WEIGHT, sentence: WENT_ON[side] };
}

function judged(option: Option, ours: readonly string[], theirs: readonly string[]): Opinion {
  const words = wordsOf(option.text);
  const missing = [...ours, ...theirs].filter((word) => !words.has(word));
  const weight = shareOf(ours, words) * shareOf(theirs, words);
  if (missing.length > 0) return { option, weight, sentence: `lost what a commit message speaks of: ${missing.slice(0, 3).map(quoted).join(', ')}` };
  return { option, weight, sentence: `holds what the commit messages speak of: ${[...ours, ...theirs].slice(0, 4).map(quoted).join(', ') || 'nothing'}` };
}

function sentenceOf(precedent: Precedent): string {
  return precedent.by === 'person' ? `is what a person chose for the same lines before (lesson ${precedent.lesson})` : `is what landed and stayed for the same lines before (lesson ${precedent.lesson})`;
}

function spoken(message: string, log: Intent['oursLog'], own: string, others: readonly string[]): readonly string[] {
  const elsewhere = new Set(others.flatMap((text) => [...wordsOf(text)]));
  const added = wordsOf(own);
  const said = wordsOf([message, ...log].join('\n').slice(0, MESSAGE_CHARS_MAX));
  return [...said].filter((word) => added.has(word) && !elsewhere.has(word)).slice(0, WORDS_MAX);
}

/** Smoothed: one lost word of one is no verdict. */
function shareOf(words: readonly string[], kept: ReadonlySet<string>): number {
  return (1 + words.filter((word) => kept.has(word)).length) / (1 + words.length);
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set((text.match(WORD) ?? []).map((word) => word.toLowerCase()));
}
