// One round over many voters: nobody can hold it up, speak for another, or be paid twice.
import { describe, expect, test } from 'vitest';
import { askPanel, type Round, type Vote } from '../../src/adapter/voter/panel.ts';
import { scriptedVoter } from '../../src/adapter/voter/scripted.ts';
import type { Voter } from '../../src/port/voter.ts';
import { NEVER, question } from '../harness/question.ts';

const DEADLINE_MS = 60_000;

function round(voters: readonly Voter[], changed: Partial<Round> = {}): Round {
  return { question: question(), voters, stored: [], deadlineMs: DEADLINE_MS, signal: NEVER, onVote: () => undefined, ...changed };
}

function saying(name: string, vote: Voter['vote']): Voter {
  return { name, family: `family of ${name}`, vote, propose: async () => null };
}

const good = (name: string): Voter => scriptedVoter({ name, family: 'scripted', answers: [{ prefers: 'o2' }] });
const never = (name: string): Voter => saying(name, () => new Promise(() => undefined));
const ballot = (changed: object): Vote => ({ voter: 'a', family: 'f', probabilities: { o1: 1, o2: 0, none: 0 }, veto: null, reasons: [], model: null, comment: '', ...changed });

describe('a round', () => {
  test('gives one vote a voter in their order, whoever answers first', async () => {
    const late = Promise.withResolvers<void>();
    const slow = saying('a', async () => {
      await late.promise;
      return ballot({});
    });
    const votes = askPanel(round([slow, good('b'), good('c')], { onVote: ({ voter }) => voter === 'c' ? late.resolve() : undefined }));
    expect((await votes).map(({ voter }) => voter)).toEqual(['a', 'b', 'c']);
  });

  test('is over at the deadline, with an abstention of who was not', async () => {
    const votes = await askPanel(round([never('a'), good('b')], { deadlineMs: 20 }));
    expect(votes).toMatchObject([{ voter: 'a', why: 'deadline' }, { voter: 'b', probabilities: {} }]);
  });

  test('tells a voter that it is over', async () => {
    const told = Promise.withResolvers<boolean>();
    const listening = saying('a', (_question, signal) => new Promise(() => signal.addEventListener('abort', () => told.resolve(true))));
    await askPanel(round([listening], { deadlineMs: 20 }));
    expect(await told.promise).toBe(true);
  });

  test.each([
    ['throws', () => { throw new Error('now'); }],
    ['fails', () => Promise.reject(new Error('later'))],
    ['answers with nothing', () => Promise.resolve(null as unknown as Vote)],
    ['answers with NaN', async () => ballot({ probabilities: { o1: Number.NaN, o2: 0, none: 1 } })],
    ['answers twice as much', async () => ballot({ probabilities: { o1: 1, o2: 1, none: 0 } })],
    ['invents an option', async () => ballot({ probabilities: { o1: 0, o2: 0, none: 0, o9: 1 } })],
  ] as const)('loses only the vote of a voter that %s', async (_name, vote) => {
    const [bad, fine] = await askPanel(round([saying('a', vote), good('b')]));
    expect(bad).toMatchObject({ voter: 'a', family: 'family of a', why: expect.any(String) });
    expect(fine).toHaveProperty('probabilities');
  });

  test('lets nobody vote under the name or for the family of another', async () => {
    const [vote] = await askPanel(round([saying('a', async () => ballot({ voter: 'b', family: 'roles' }))]));
    expect(vote).toMatchObject({ voter: 'a', family: 'family of a', probabilities: { o1: 1 } });
  });
});

describe('votes are kept', () => {
  test('as they come in, one by one', async () => {
    const kept: string[] = [];
    await askPanel(round([never('a'), good('b'), good('c')], { deadlineMs: 20, onVote: ({ voter }) => void kept.push(voter) }));
    expect(kept).toEqual(['b', 'c', 'a']);
  });

  test('and who has voted before a crash is not asked again', async () => {
    const asked: string[] = [];
    const counting = (name: string): Voter => saying(name, async () => {
      asked.push(name);
      return ballot({});
    });
    const stored = [ballot({ voter: 'a', comment: 'from before' })];
    const votes = await askPanel(round([counting('a'), counting('b')], { stored }));
    expect([asked, votes[0]]).toEqual([['b'], stored[0]]);
  });

  test('but nothing is made up for who had not answered when Maestro was stopped', async () => {
    const kept: string[] = [];
    const stop = new AbortController();
    const votes = await askPanel(round([good('a'), never('b')], { signal: stop.signal, onVote: ({ voter }) => { kept.push(voter); stop.abort(); } }));
    expect([kept, votes.at(1)]).toEqual([['a'], expect.objectContaining({ why: 'deadline' })]);
  });

  test('or the round fails, and then nothing more is kept', async () => {
    const kept: string[] = [];
    const onVote = ({ voter }: Vote): void => {
      kept.push(voter);
      throw new Error('the disk is full');
    };
    await expect(askPanel(round([good('a'), never('b')], { onVote }))).rejects.toThrow('the disk is full');
    expect(kept).toEqual(['a']);
  });
});
