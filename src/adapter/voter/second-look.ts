// A voter that is asked twice, the second time without comments, texts in quotes and stated intents. Whom those talked into
// something has no opinion. For conflicts where that is worth a second price.
import { favourites, isBallot, type Ballot } from '../../consensus/ballot.ts';
import type { Voter } from '../../port/voter.ts';
import { secretIn } from './secret.ts';
import { stripped, type Stripped } from './stripped.ts';

export function withSecondLook(voter: Voter): Voter {
  return {
    ...voter,
    vote: async (question, signal) => {
      const bare = stripped(question);
      // Of a question that is not to be sent no part is sent either: without its path and texts it may not look like one.
      if (bare === null || secretIn(question) !== null) return voter.vote(question, signal);
      const [first, second] = await Promise.all([voter.vote(question, signal), voter.vote(bare.question, signal)]);
      if (!isBallot(first)) return first;
      if (!isBallot(second)) return second;
      const agrees = liked(first, bare).some((text) => liked(second, bare).includes(text));
      return agrees ? first : { voter: voter.name, family: voter.family, why: 'chose differently without comments and texts' };
    },
  };
}

/** What a ballot likes best, as texts: options that differ only in what was left out are one here. */
function liked(ballot: Ballot, { textOf }: Stripped): readonly string[] {
  const sums = new Map<string, number>();
  for (const [id, probability] of Object.entries(ballot.probabilities)) {
    const text = textOf.get(id);
    const key = text === undefined ? id : `text: ${text}`;
    sums.set(key, (sums.get(key) ?? 0) + probability);
  }
  return favourites({ ...ballot, probabilities: Object.fromEntries(sums) });
}
