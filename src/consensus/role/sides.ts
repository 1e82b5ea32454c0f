// Is everything both sides added still there, and nothing else? Reads the ledger of lines, and whether what is gone was had before.
import { beforeOf, isSuccessor } from '../../resolution/earlier.ts';
import type { LedgerLine, LineLedger } from '../../resolution/line-ledger.ts';
import type { Abstention, Ballot } from '../ballot.ts';
import type { Case, Option } from '../option.ts';
import { count, quoted } from '../text.ts';
import { ballotOf, type Opinion } from './role.ts';

const VOTER = 'sides';

const WHOSE = { ours: 'the target\'s side', theirs: 'the branch\'s side' };

export function sidesVote(subject: Case): Ballot | Abstention {
  return ballotOf(VOTER, subject.options.map((option) => judged(option, isSuccessor(beforeOf(subject.file), option.text))));
}

function judged(option: Option, isLater: boolean): Opinion {
  const { dropped, resurrected, fromNowhere } = option.ledger;
  // Half of what people commit drops a line of a side (research/B 4): a drop lowers, it does not rule out.
  const weight = 1 / (1 + (isLater ? 0 : dropped.length / 2) + resurrected.length + fromNowhere.length);
  return { option, weight, sentence: sentenceOf(option.ledger, isLater) };
}

function sentenceOf({ dropped, resurrected, fromNowhere }: LineLedger, isLater: boolean): string {
  const faults = [
    dropped.length > 0 ? `drops ${linesOf(dropped)}${isLater ? ', which the other side had, too, and gave up' : ''}` : '',
    resurrected.length > 0 ? `brings back ${linesOf(resurrected)}` : '',
    fromNowhere.length > 0 ? `holds ${count(fromNowhere.length, 'line')} that no side wrote` : '',
  ].filter((fault) => fault !== '');
  return faults.length === 0 ? 'keeps every line both sides added' : faults.join(' and ');
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
