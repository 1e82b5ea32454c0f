// A text of the voters' own: the first that has one is enough, nobody can hold it up, nobody is paid twice.
import { expect, test } from 'vitest';
import { askProposal } from '../../src/adapter/voter/proposal.ts';
import type { Synthesis } from '../../src/consensus/synthesis.ts';
import type { Voter } from '../../src/port/voter.ts';
import { NEVER, question } from '../harness/question.ts';

const asked = question();
const TEXTS = asked.hunks.map(() => 'both();\n');

test.each<[string, Voter['propose']]>([
  ['has none', async () => null],
  ['throws', () => { throw new Error('now'); }],
  ['fails', () => Promise.reject(new Error('later'))],
  ['writes for hunks that are not there', async () => [...TEXTS, 'x']],
])('beside a voter that %s the other writes, and each is told as it was', async (_name, propose) => {
  const stored: Synthesis[] = [];
  const told = Promise.withResolvers<void>();
  const bob = writing('bob', async () => {
    await told.promise;
    return TEXTS;
  });
  const onAnswer = async (one: Synthesis): Promise<void> => {
    stored.push(one);
    told.resolve();
  };
  expect(await askProposal({ question: asked, voters: [writing('ada', propose), bob], stored: [], deadlineMs: 60_000, signal: NEVER, onAnswer })).toEqual(TEXTS);
  expect(stored).toEqual([{ voter: 'ada', family: 'f', texts: null }, { voter: 'bob', family: 'f', texts: TEXTS }]);
});

const never: Voter['propose'] = () => new Promise(() => undefined);

test('a voter that never answers costs no more than the deadline', async () => {
  const stored: Synthesis[] = [];
  expect(await ask([writing('ada', never)], stored, 20)).toBeNull();
  expect(stored).toEqual([{ voter: 'ada', family: 'f', texts: null }]);
});

test('a voter that never answers holds up nobody behind it, and nothing is said of it', async () => {
  const stored: Synthesis[] = [];
  expect(await ask([writing('ada', never), writing('bob')], stored)).toEqual(TEXTS);
  expect(stored).toEqual([{ voter: 'bob', family: 'f', texts: TEXTS }]);
});

test('of two that write at once the first is taken, and it alone is stored', async () => {
  const stored: Synthesis[] = [];
  expect(await ask([writing('ada'), writing('bob', async () => asked.hunks.map(() => 'other();\n'))], stored)).toEqual(TEXTS);
  expect(stored).toEqual([{ voter: 'ada', family: 'f', texts: TEXTS }]);
});

test('an answer that cannot be stored counts for nothing', async () => {
  const onAnswer = (): Promise<void> => Promise.reject(new Error('the disk is full'));
  await expect(askProposal({ question: asked, voters: [writing('ada'), writing('bob', never)], stored: [], deadlineMs: 60_000, signal: NEVER, onAnswer })).rejects.toThrow('the disk is full');
});

test('what is stored is not asked for again', async () => {
  const fresh: Synthesis[] = [];
  const stored = [{ voter: 'ada', family: 'f', texts: TEXTS }];
  expect(await askProposal({ question: asked, voters: [writing('ada', () => Promise.reject(new Error('asked')))], stored, deadlineMs: 60_000, signal: NEVER, onAnswer: async (one) => void fresh.push(one) })).toEqual(TEXTS);
  expect(fresh).toEqual([]);
});

function writing(name: string, propose: Voter['propose'] = async () => TEXTS): Voter {
  return { name, family: 'f', vote: async () => ({ voter: name, family: 'f', why: 'no' }), propose };
}

function ask(voters: readonly Voter[], stored: Synthesis[], deadlineMs = 60_000): Promise<readonly string[] | null> {
  return askProposal({ question: asked, voters, stored: [], deadlineMs, signal: NEVER, onAnswer: async (one) => void stored.push(one) });
}
