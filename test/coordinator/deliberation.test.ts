// A conflict in the room with voters outside: who is asked, what is stored, and what a stored vote counts for.
import { expect, test } from 'vitest';
import { withCandidate } from '../../src/consensus/case.ts';
import { hear, proposalIn, type Hearing, type Ranked } from '../../src/coordinator/deliberation.ts';
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

test('who was too late twice in one conflict keeps nobody waiting a third time, not for a text either', async () => {
  const late = (question: string, why: string): StoredVote => ({ path: 'other.txt', round: 1, question, vote: { voter: 'ada', family: 'a', why } });
  const once = panel();
  await hear(hearing(once.minds, { ...once, stored: [late('q1', 'deadline'), late('q2', 'unreachable')] }));
  expect(once.asked).toEqual(['ada', 'bob']);
  const twice = panel();
  const { thought } = await hear(hearing(twice.minds, { ...twice, stored: [late('q1', 'deadline'), late('q2', 'timeout')] }));
  expect(twice.asked).toEqual(['bob']);
  expect(thought.lines).toContain('[ada]: abstains: was too late twice, and is not asked again');
  const writing = writer();
  const torn = subject([{ ...BOTH, probability: 0.3 }, { ...OURS, probability: 0.3 }, { ...THEIRS, probability: 0.3 }]);
  await hear({ ...hearing(writing.minds, { stored: [late('q1', 'deadline'), late('q2', 'timeout')] }), subject: torn, gate: () => Promise.resolve('passed') });
  expect(writing.asked).toEqual([]);
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

test('without a gate nothing is agreed on, however low the threshold that is asked for', async () => {
  const unsure = subject([{ ...BOTH, probability: 0.6 }, { ...OURS, probability: 0.2 }, { ...THEIRS, probability: 0.15 }]);
  const agreeing = panel();
  const low = { ...hearing(agreeing.minds, agreeing), subject: unsure, policy: { ...DEFAULT_POLICY.consensus, threshold: 0.5 } };
  expect((await hear(low)).thought.outcome).toMatchObject({ kind: 'settled' });
  expect((await hear({ ...low, hasGate: false })).thought.outcome).toMatchObject({ kind: 'person' });
});

test('what a voter writes after two undecided rounds is verified, gated, voted on, and stored before it counts', async () => {
  const torn = subject([{ ...BOTH, probability: 0.3 }, { ...OURS, probability: 0.3 }, { ...THEIRS, probability: 0.3 }]);
  const writing = writer();
  const heard = await hear({ ...hearing(writing.minds, writing), subject: torn, gate: (text) => { writing.gated.push(text); return Promise.resolve('passed'); } });
  expect(heard.thought.lines.join('\n')).toContain('Round 3');
  expect(heard.ranked.map(({ option: one }) => one.text)).toContain('a\nwritten\nb\n');
  expect(writing.gated).toContain('a\nwritten\nb\n');
  const again = writer();
  await hear({ ...hearing(again.minds, { ...again, stored: writing.stored }), subject: torn, gate: () => Promise.resolve('passed') });
  expect(again.asked).toEqual([]);
});

test.each([['for more hunks than there are', ['x\n', 'y\n']], ['of nobody', null]])('a text %s is no option', async (_name, texts) => {
  const torn = subject([{ ...BOTH, probability: 0.3 }, { ...OURS, probability: 0.3 }, { ...THEIRS, probability: 0.3 }]);
  const writing = writer(texts);
  const heard = await hear({ ...hearing(writing.minds, writing), subject: torn, gate: () => Promise.resolve('passed') });
  expect(heard.ranked).toHaveLength(3);
  expect(heard.thought.outcome).toMatchObject({ kind: 'person' });
});

test('[C] is never a proposal whose gate is red: the next that may be taken, or a side', () => {
  const ranked = [{ option: { ...BOTH, gate: 'failed' }, letter: 'C' }, { option: OURS, letter: 'A' }, { option: option('o4', 0.01), letter: 'D' }].map((one) => ({ ...one, pros: [], cons: [] }) as Ranked);
  expect(proposalIn(ranked)?.letter).toBe('D');
  expect(proposalIn(ranked.slice(0, 2))?.letter).toBe('A');
});

test('[C] has some of the work in it, if a proposal does', () => {
  const empty = { ...option('o4', 0.3), ledger: { ...BOTH.ledger, keptOurs: 0, keptTheirs: 0, fromNowhere: [] } };
  const ranked = [{ option: empty, letter: 'C' }, { option: BOTH, letter: 'D' }].map((one) => ({ ...one, pros: [], cons: [] }) as Ranked);
  expect(proposalIn(ranked)?.letter).toBe('D');
  expect(proposalIn(ranked.slice(0, 1))?.letter).toBe('C');
});

test('what people are offered as [C] is called C wherever they read of it, with what speaks for it; what they are not offered is named', async () => {
  const reversed = option('o4', 0.3, { text: 'a\ntheirs\nours\nb\n', rung: 'theirs+ours' });
  const asking = panel({ bob: { code: 'security', why: 'it opens a door' } });
  const { ranked, thought } = await hear({ ...hearing(asking.minds, asking), subject: subject([{ ...BOTH, gate: 'failed', rung: 'ours+theirs', probability: 0.4 }, OURS, THEIRS, reversed]) });
  expect(new Map(ranked.map(({ option: { id }, letter }) => [id, letter]))).toEqual(new Map([['o1', 'D'], ['o2', 'A'], ['o3', 'B'], ['o4', 'C']]));
  expect(thought.record.letters).toMatchObject({ C: 'o4' });
  expect(ranked.find(({ letter }) => letter === 'C')?.pros).toContain('keeps every line both sides added');
  expect(thought.lines.join('\n')).toContain('D (the target\'s lines, then the branch\'s)');
  expect(thought.lines.join('\n')).not.toMatch(/\bC \(|\bo\d/);
});

/** Two minds without an opinion, one of which writes. */
function writer(texts: readonly string[] | null = ['written\n']) {
  const asked: string[] = [];
  const stored: StoredVote[] = [];
  const minds: Minds = {
    ...NO_MINDS,
    voters: () => Promise.resolve(['ada']),
    ask: async (_policy, question, before, _signal, onVote) => {
      const vote = before[0] ?? ballot('ada', Object.fromEntries(question.options.map(({ id }) => [id, 1 / question.options.length])), { model: 'm-1' });
      if (before.length === 0) {
        asked.push('ada votes');
        await onVote(vote);
      }
      return { votes: [vote], alarms: [] };
    },
    propose: async (_policy, _question, [before], _signal, onAnswer) => {
      if (before !== undefined) return before.texts;
      asked.push('ada writes');
      await onAnswer({ voter: 'ada', family: 'a', texts });
      return texts;
    },
    weigh: (before, proposed) => Promise.resolve(withCandidate(before, proposed, null)),
  };
  return { minds, asked, stored, gated: new Array<string>() };
}

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
  return { id: 'a1-1', subject: CASE, policy: DEFAULT_POLICY.consensus, hasGate: true, gate: null, accompanied: false, minds, past: { lessons: [], nowMs: 0 }, stored: before, onVote: async (vote) => void stored.push(vote), signal: new AbortController().signal };
}
