// Does it parse, and are the definitions of both sides in it, each once? Reads outlines, never lines.
import type { Abstention, Ballot } from '../ballot.ts';
import type { Case, Option, Shape } from '../option.ts';
import { count, quoted } from '../text.ts';
import { abstention, ballotOf, type Opinion } from './role.ts';

const VOTER = 'structure';
const BROKEN = 0.02;
const DOUBLED = 0.2;
const LOST = 0.7;

export function structureVote(subject: Case): Ballot | Abstention {
  const { ours, theirs } = subject.shapes;
  if (ours === null || theirs === null) return abstention(VOTER, 'no grammar for this file');
  const sides = { ours: tally(ours), theirs: tally(theirs), errorsMax: Math.max(ours.errorCount, theirs.errorCount) };
  const opinions: Opinion[] = [];
  for (const option of subject.options) {
    if (option.shape === null) return abstention(VOTER, 'not every option could be read');
    opinions.push(judged(option, option.shape, sides));
  }
  return ballotOf(VOTER, opinions);
}

type Sides = { readonly ours: Tally; readonly theirs: Tally; readonly errorsMax: number };

function judged(option: Option, shape: Shape, { ours, theirs, errorsMax }: Sides): Opinion {
  // A side that never parsed sets the standard: its errors are not the merge's.
  if (shape.errorCount > errorsMax) return { option, weight: BROKEN, sentence: 'does not parse' };
  const names = tally(shape);
  const wanted = new Set([...ours.keys(), ...theirs.keys()]);
  const lost = [...wanted].filter((key) => !names.has(key));
  const doubled = [...names].filter(([key, times]) => times > Math.max(1, ours.get(key) ?? 0, theirs.get(key) ?? 0));
  const weight = DOUBLED ** Math.min(2, doubled.length) * LOST ** Math.min(4, lost.length);
  if (doubled.length > 0) return { option, weight, sentence: `defines ${quoted(doubled[0]?.[0] ?? '')} twice` };
  if (lost.length > 0) return { option, weight, sentence: `parses, but ${count(lost.length, 'definition')} of a side ${lost.length === 1 ? 'is' : 'are'} not in it: ${quoted(lost[0] ?? '')}` };
  return { option, weight, sentence: `parses and has every definition of both sides (${wanted.size})` };
}

/** How often each definition stands there. */
type Tally = ReadonlyMap<string, number>;

function tally(shape: Shape): Tally {
  const times = new Map<string, number>();
  for (const { key } of shape.entities) times.set(key, (times.get(key) ?? 0) + 1);
  return times;
}
