// What do people usually commit in such a conflict? Repeats the learned ranking's calibrated chances as a ballot.
import type { Abstention, Ballot } from '../ballot.ts';
import type { Case } from '../option.ts';
import { priorOf } from '../prior.ts';
import { abstention } from './role.ts';

const VOTER = 'ladder';

export function ladderVote(subject: Case): Ballot | Abstention {
  const { options } = subject;
  if (options.length === 0) return abstention(VOTER, 'nothing to choose from');
  const probabilities = Object.fromEntries(priorOf(options));
  const ranked = [...options].sort((a, b) => b.probability - a.probability || (a.id < b.id ? -1 : 1));
  const reasons = ranked.slice(0, 3).map((option) => `${option.id} is what people commit in ${percent(probabilities[option.id] ?? 0)} of such conflicts`);
  return { voter: VOTER, family: VOTER, probabilities, veto: null, reasons, model: null, comment: '' };
}

function percent(share: number): string {
  return `${Math.round(100 * share)}%`;
}
