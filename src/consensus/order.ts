// How options are put before a voter: under other names, in an order of its own, once forwards and once backwards.
// Knows no chance: the same seed and voter give the same order, so a stored vote can be read again.
import { createHash } from 'node:crypto';
import { favourites, isBallot, type Abstention, type Ballot, type OptionId } from './ballot.ts';

/** `shown[0]` is called o1, `shown[1]` o2, and so on, whatever the options are called in the room. */
export type Presentation = { readonly shown: readonly OptionId[] };

/** Both orders for one voter. `seed` is the conflict's fingerprint, so that nobody can choose it. */
export function presentations(options: readonly OptionId[], seed: string, voter: string): readonly [Presentation, Presentation] {
  const rank = (id: OptionId): string => createHash('sha256').update([seed, voter, id].join('\0')).digest('hex');
  const ranked = options.map((id) => ({ id, rank: rank(id) })).sort((a, b) => (a.rank < b.rank ? -1 : 1));
  const shown = ranked.map(({ id }) => id);
  return [{ shown }, { shown: shown.toReversed() }];
}

export function labelOf(place: number): OptionId {
  return `o${place + 1}`;
}

/** The vote with the room's names again, also where reasons mention options. */
export function unmask(vote: Ballot | Abstention, presentation: Presentation): Ballot | Abstention {
  if (!isBallot(vote)) return vote;
  const name = new Map(presentation.shown.map((id, place) => [labelOf(place), id]));
  const renamed = (text: string): string => text.replaceAll(/\bo\d{1,3}\b/g, (label) => name.get(label) ?? label);
  const entries = Object.entries(vote.probabilities).map(([label, p]) => [name.get(label) ?? label, p] as const);
  return {
    ...vote,
    probabilities: Object.fromEntries(entries),
    reasons: vote.reasons.map(renamed),
    comment: renamed(vote.comment),
    veto: vote.veto === null ? null : { code: vote.veto.code, why: renamed(vote.veto.why) },
  };
}

/** How far two distributions may be apart (total variation) before the order is what decided. */
const DRIFT_MAX = 0.3;

/** One vote from the answers to both orders. Who prefers by position has no opinion; a veto in either holds. */
export function bothOrders(forwards: Ballot | Abstention, backwards: Ballot | Abstention): Ballot | Abstention {
  if (!isBallot(forwards)) return forwards;
  if (!isBallot(backwards)) return backwards;
  const ids = Object.keys(forwards.probabilities);
  const drift = ids.reduce((sum, id) => sum + Math.abs(chance(forwards, id) - chance(backwards, id)), 0) / 2;
  const agreed = favourites(forwards).some((id) => favourites(backwards).includes(id));
  const veto = forwards.veto ?? backwards.veto;
  if (veto === null && (!agreed || drift > DRIFT_MAX)) {
    return { voter: forwards.voter, family: forwards.family, why: 'answered differently when the order was turned' };
  }
  return { ...forwards, veto, probabilities: Object.fromEntries(ids.map((id) => [id, (chance(forwards, id) + chance(backwards, id)) / 2])) };
}

function chance(ballot: Ballot, id: OptionId): number {
  return ballot.probabilities[id] ?? 0;
}
