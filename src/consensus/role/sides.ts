// Is everything both sides added still there, and nothing else? Reads the ledger of lines, and whether what is gone was had before.
import { beforeOf, isSuccessor } from '../../resolution/earlier.ts';
import type { LedgerLine } from '../../resolution/line-ledger.ts';
import type { Abstention, Ballot } from '../ballot.ts';
import { lostLines, lostTest, type LostTest } from '../drop.ts';
import type { Case, Option } from '../option.ts';
import { count, quoted } from '../text.ts';
import { ballotOf, type Opinion } from './role.ts';

export const SIDES_VOTER = 'sides';

const WHOSE = { ours: 'the target\'s side', theirs: 'the branch\'s side' };

export function sidesVote(subject: Case): Ballot | Abstention {
  const lost = lostTest(subject.file);
  return ballotOf(SIDES_VOTER, subject.options.map((option) => judged(option, subject, lost)));
}

function judged(option: Option, subject: Case, lost: LostTest): Opinion {
  const { dropped, resurrected, fromNowhere } = option.ledger;
  // Half of what people commit drops a line of a side (research/B 4): a drop lowers, it does not rule out.
  const weight = 1 / (1 + (isLater(option, subject) ? 0 : dropped.length / 2) + resurrected.length + fromNowhere.length);
  const { keeps, faults } = sideWords(option, subject, lost);
  return { option, weight, sentence: faults.length === 0 ? keeps : faults.join(' and ') };
}

/** What the ledger says for an option and against it. A dropped line of which nothing is lost is no fault. `keeps`: '' where something is. */
export function sideWords(option: Option, subject: Case, lost: LostTest): { readonly keeps: string; readonly faults: readonly string[] } {
  const { dropped, resurrected, fromNowhere } = option.ledger;
  const gone = lostLines(option, lost);
  const faults = [
    gone.length > 0 ? `drops ${linesOf(gone)}${isLater(option, subject) ? ', which the other side had, too, and gave up' : ''}` : '',
    resurrected.length > 0 ? `brings back ${linesOf(resurrected)}` : '',
    fromNowhere.length > 0 ? `holds ${count(fromNowhere.length, 'line')} that no side wrote` : '',
  ].filter((fault) => fault !== '');
  const keeps = gone.length > 0 ? '' : dropped.length > 0 ? 'keeps what both sides changed, some of it within one line' : 'keeps every line both sides added';
  return { keeps, faults };
}

function isLater({ text }: Option, { file }: Case): boolean {
  return isSuccessor(beforeOf(file), text);
}

/** ``3 lines of the branch's side in `class Foo > method bar` ``: what a branch named stands between backticks. */
export function linesOf(lines: readonly LedgerLine[]): string {
  const sides = new Set(lines.map((line) => line.side));
  const [side] = sides;
  const whose = sides.size !== 1 || side === 'both' || side === undefined ? 'both sides' : WHOSE[side];
  const places = [...new Set(lines.map((line) => line.entity).filter((entity) => entity !== ''))];
  const where = places.length === 1 ? ` in ${quoted(places[0] ?? '')}` : '';
  return `${count(lines.length, 'line')} of ${whose}${where}`;
}
