// What all deterministic voters share: each looks at one kind of evidence and says so in sentences. None of them reads another's ballot.
import { NONE, REASONS_MAX, REASON_CHARS_MAX, type Abstention, type Ballot, type OptionId } from '../ballot.ts';
import type { Case, Option } from '../option.ts';
import { plainText } from '../text.ts';

export type Role = (subject: Case) => Ballot | Abstention;

/** How well an option does by one kind of evidence; `weight` is relative to the other options, `sentence` speaks of the option. */
export type Opinion = { readonly option: Option; readonly weight: number; readonly sentence: string };

/** What a role leaves for `none`, next to the best option's weight of 1: its evidence rarely says that nothing will do. */
const NONE_WEIGHT = 0.15;

/** Weights become probabilities. The reasons are those of its favourites, then of what it likes least. */
export function ballotOf(voter: string, opinions: readonly Opinion[], noneWeight = NONE_WEIGHT): Ballot | Abstention {
  if (opinions.length === 0) return abstention(voter, 'nothing to choose from');
  const sum = opinions.reduce((total, one) => total + one.weight, noneWeight);
  const probabilities: Record<OptionId, number> = { [NONE]: noneWeight / sum };
  for (const { option, weight } of opinions) probabilities[option.id] = weight / sum;
  const ranked = [...opinions].sort((a, b) => b.weight - a.weight || (a.option.id < b.option.id ? -1 : 1));
  const reasons = ranked.slice(0, REASONS_MAX).map(({ option, sentence }) => plainText(`${option.id} ${sentence}`, REASON_CHARS_MAX));
  return { voter, family: voter, probabilities, veto: null, reasons, model: null, comment: '' };
}

export function abstention(voter: string, why: string): Abstention {
  return { voter, family: voter, why };
}
