// What did the tests say? Reads verdicts of the gate only; silent while none has run.
import type { Abstention, Ballot } from '../ballot.ts';
import type { Case, GateVerdict, Option } from '../option.ts';
import { abstention, ballotOf } from './role.ts';

const VOTER = 'gates';
/** A merge that passes its tests is wrong in about one of twenty (research/B 5.1); one that fails them nearly always is. */
const WEIGHT: Readonly<Record<GateVerdict, number>> = { passed: 1, 'not-run': 0.3, failed: 0.02 };
const SENTENCE: Readonly<Record<GateVerdict, string>> = { passed: 'passes the gate', 'not-run': 'was not gated', failed: 'fails the gate' };
const NONE_WHEN_ALL_FAIL = 1;

export function gatesVote(subject: Case): Ballot | Abstention {
  if (subject.options.every((option) => option.gate === 'not-run')) return abstention(VOTER, 'no gate has run');
  const noneWeight = subject.options.every((option) => option.gate === 'failed') ? NONE_WHEN_ALL_FAIL : undefined;
  return ballotOf(VOTER, subject.options.map(opinion), noneWeight);
}

function opinion(option: Option): { option: Option; weight: number; sentence: string } {
  return { option, weight: WEIGHT[option.gate], sentence: SENTENCE[option.gate] };
}
