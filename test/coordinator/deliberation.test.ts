// A conflict in the room with voters outside: who is asked, what is stored, and what a stored vote counts for.
import { expect, test } from 'vitest';
import { hear, type Hearing } from '../../src/coordinator/deliberation.ts';
import { DEFAULT_POLICY } from '../../src/merge/policy.ts';
import type { StoredVote } from '../../src/merge/request.ts';
import { NO_MINDS, type Minds, type Vote } from '../../src/port/minds.ts';
import { ballot, option, subject } from '../consensus/room.ts';

const BOTH = option('o1', 0.9, { text: 'a\nours\ntheirs\nb\n' });
const OURS = option('o2', 0.05, { text: 'a\nours\nb\n' });
const THEIRS = option('o3', 0.05, { text: 'a\ntheirs\nb\n' });
const CASE = subject([BOTH, OURS, THEIRS]);

test('each vote is stored as it comes, and none that is stored is asked for again', async () => {
  const first = panel();
  await hear(hearing(first.minds, first));
  expect(first.asked).toEqual(['ada', 'bob']);
  const again = panel();
  await hear(hearing(again.minds, { ...again, stored: first.stored.slice(0, 1) }));
  expect(again.asked).toEqual(['bob']);
});

test('a vote counts for exactly what was asked: options that changed their names are asked about anew', async () => {
  const before = panel();
  await hear(hearing(before.minds, before));
  const renamed = subject([{ ...THEIRS, id: 'o1' }, { ...OURS, id: 'o2' }, { ...BOTH, id: 'o3' }]);
  const after = panel();
  await hear({ ...hearing(after.minds, { ...after, stored: before.stored }), subject: renamed });
  expect(after.asked).toEqual(['ada', 'bob']);
});

test('a vote that cannot be stored ends the deliberation', async () => {
  const { minds } = panel();
  await expect(hear({ ...hearing(minds, panel()), onVote: () => Promise.reject(new Error('the disk is full')) })).rejects.toThrow('the disk is full');
});

test('two families that agree make sure what the ladder alone is not; one that objects asks a person', async () => {
  const unsure = subject([{ ...BOTH, probability: 0.6, gate: 'passed' }, { ...OURS, probability: 0.2 }, { ...THEIRS, probability: 0.15 }]);
  const agreeing = panel();
  expect((await hear({ ...hearing(agreeing.minds, agreeing), subject: unsure })).option?.id).toBe('o1');
  const objecting = panel({ bob: { code: 'security', why: 'it opens a door' } });
  expect((await hear({ ...hearing(objecting.minds, objecting), subject: unsure })).thought.outcome).toMatchObject({ kind: 'person', type: 'AUTHORIZATION', code: 'veto' });
});

/** Two minds that want both sides kept, and everything that was asked of them. */
function panel(vetoes: Readonly<Record<string, { readonly code: string; readonly why: string }>> = {}): { readonly minds: Minds; readonly asked: string[]; readonly stored: StoredVote[] } {
  const asked: string[] = [];
  const voters = [{ voter: 'ada', family: 'a' }, { voter: 'bob', family: 'b' }];
  const minds: Minds = {
    ...NO_MINDS,
    voters: () => Promise.resolve(voters.map(({ voter }) => voter)),
    ask: async (_policy, question, stored, _signal, onVote) => {
      const votes: Vote[] = [];
      for (const { voter, family } of voters) {
        const known = stored.find((vote) => vote.voter === voter);
        const vote = known ?? ballot(voter, { o1: 0.94, ...Object.fromEntries(question.options.slice(1).map(({ id }) => [id, 0.02])) }, { family, model: 'm-1', veto: vetoes[voter] ?? null });
        if (known === undefined) {
          asked.push(voter);
          await onVote(vote);
        }
        votes.push(vote);
      }
      return { votes, alarms: [] };
    },
  };
  return { minds, asked, stored: [] };
}

function hearing(minds: Minds, { stored }: { readonly stored: StoredVote[] }): Hearing {
  const before = [...stored];
  return { id: 'a1-1', subject: CASE, policy: DEFAULT_POLICY.consensus, hasGate: true, gate: null, minds, past: { lessons: [], nowMs: 0 }, stored: before, onVote: async (vote) => void stored.push(vote), signal: new AbortController().signal };
}
