// Which option changes least? What lies between the two sides costs nothing; every line beyond them does. Reads lines as a bag.
import type { Abstention, Ballot } from '../ballot.ts';
import type { Case, Option } from '../option.ts';
import { count } from '../text.ts';
import { abstention, ballotOf, type Opinion } from './role.ts';

const VOTER = 'change';

/** Lines compared; a larger file is not read by this role. */
const LINES_MAX = 20_000;

type Bag = ReadonlyMap<string, number>;

export function changeVote(subject: Case): Ballot | Abstention {
  const { ours, theirs } = subject.file;
  if (Math.max(lineCount(ours), lineCount(theirs)) > LINES_MAX) return abstention(VOTER, 'the file is too long to compare');
  const sides = [bagOf(ours), bagOf(theirs)] as const;
  const apart = distance(sides[0], sides[1]);
  return ballotOf(VOTER, subject.options.map((option) => judged(option, sides, apart)));
}

function judged(option: Option, [ours, theirs]: readonly [Bag, Bag], apart: number): Opinion {
  const bag = bagOf(option.text);
  // By the triangle inequality never negative; even, as each line beyond both sides is seen from both.
  const beyond = Math.ceil((distance(bag, ours) + distance(bag, theirs) - apart) / 2);
  const sentence = beyond === 0 ? 'changes nothing that neither side changed' : `changes ${count(beyond, 'line')} beyond what the sides changed`;
  return { option, weight: 1 / (1 + beyond), sentence };
}

function bagOf(text: string): Bag {
  const bag = new Map<string, number>();
  for (const line of text.split('\n')) bag.set(line.trimEnd(), (bag.get(line.trimEnd()) ?? 0) + 1);
  return bag;
}

function distance(one: Bag, other: Bag): number {
  let apart = 0;
  for (const [line, times] of one) apart += Math.abs(times - (other.get(line) ?? 0));
  for (const [line, times] of other) if (!one.has(line)) apart += times;
  return apart;
}

function lineCount(text: string): number {
  return text.split('\n').length;
}
