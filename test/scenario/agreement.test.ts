// What the minds agreed on, on a target that moves on before it lands: green it lands, red a person is asked. On the symbolic world.
import { describe, expect, test } from 'vitest';
import { symbolicMinds } from '../harness/symbolic-minds.ts';
import { tell, type Tale } from '../harness/tale.ts';
import { MAIN } from '../harness/world.ts';

const CHECK = { gate: { run: 'check', scope: 'each' } } as const;
/** Red beside both words of `app` together, and beside neither of them alone. */
const CLASHING = 'lone:1';

describe('an agreement that is red where it is to land', () => {
  test.each([1, 2, 3, 4, 5, 6])('is no fault of the branch: a person is asked, with every option gated there (%i)', async (seed) => {
    const tale = await overtaken(CLASHING, seed);
    const { question } = tale.phase('feature/b', 'escalated');
    expect(question.onto).toBe(tale.world.remote.tip(MAIN));
    expect(question.options.map(({ letter, verdict }) => [letter, verdict.kind])).toEqual([['A', 'passed'], ['B', 'passed'], ['C', 'failed']]);
    await tale.decide('feature/b', 'B');
    expect(tale.files('main')).toEqual({ app: 'fine:2', lib: CLASHING });
  });

  test('is asked about once, however the lane is started again', async () => {
    const tale = await overtaken(CLASHING, 1);
    const before = tale.phase('feature/b', 'escalated').question;
    await tale.restart();
    expect(tale.phase('feature/b', 'escalated').question).toEqual(before);
  });
});

test('an agreement that is green there too lands without a question', async () => {
  const tale = await overtaken('fine:3', 1);
  expect(tale.files('main')).toEqual({ app: 'fine:1+fine:2', lib: 'fine:3' });
});

/** The minds agree on both words of `app`; another branch that goes on meanwhile brings `word`. */
async function overtaken(word: string, seed: number): Promise<Tale> {
  const tale = tell(CHECK, [], seed, symbolicMinds(0.97));
  tale.push('start', {}, { ready: false });
  tale.push('feature/a', { app: 'fine:1' }, { on: 'start' });
  await tale.settles();
  tale.push('feature/b', { app: 'fine:2' }, { on: 'start' });
  tale.push('feature/c', { lib: word }, { on: 'start' });
  await tale.settles();
  return tale;
}
