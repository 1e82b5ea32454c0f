// Landing, conflicts and answers, told on the symbolic world.
import { describe, expect, test } from 'vitest';
import { questionMark } from '../../src/merge/identity.ts';
import { tell } from '../harness/tale.ts';

describe('clean branches', () => {
  test('a marked branch lands as a merge of its own', async () => {
    const tale = tell();
    tale.push('feature/a', { app: 'a' });
    await tale.settles();
    expect(tale.state('feature/a')).toBe('landed');
    expect(tale.files('main')).toEqual({ app: 'a', lib: 'start' });
    expect(tale.landings('main')).toEqual(['Merge feature/a into main']);
  });

  test('an unmarked branch starts nothing', async () => {
    const tale = tell();
    tale.push('feature/a', { app: 'a' }, { ready: false });
    await tale.settles();
    expect(tale.landings('main')).toEqual([]);
  });

  test('what the target holds already is said to be contained', async () => {
    const tale = tell();
    tale.push('feature/b', { lib: 'b' });
    tale.fastForward('main', 'feature/b');
    await tale.settles();
    expect(tale.phase('feature/b', 'rejected').reason.code).toBe('already-contained');
  });

  test('a crash between push and record lands once', async () => {
    const tale = tell();
    tale.push('feature/a', { app: 'a' });
    await tale.settles();
    await tale.restart();
    expect(tale.landings('main')).toEqual(['Merge feature/a into main']);
    expect(tale.state('feature/a')).toBe('landed');
  });
});

describe('conflicts', () => {
  async function clash(): Promise<ReturnType<typeof tell>> {
    const tale = tell({ gate: { run: 'check', scope: 'each' } });
    tale.push('feature/a', { app: 'a' });
    tale.push('feature/b', { app: 'b' });
    tale.push('feature/c', { lib: 'c' });
    await tale.settles();
    return tale;
  }

  test('the first lands, the second is put as a question, the third lands meanwhile', async () => {
    const tale = await clash();
    expect([tale.state('feature/a'), tale.state('feature/b'), tale.state('feature/c')]).toEqual(['landed', 'escalated', 'landed']);
    const { options } = tale.phase('feature/b', 'escalated').question;
    expect(options.map((option) => [option.letter, option.verdict.kind])).toEqual([['A', 'passed'], ['B', 'passed']]);
  });

  test('an answer lands, and the losing side gets its homework', async () => {
    const tale = await clash();
    await tale.decide('feature/b', 'B');
    expect(tale.files('main')).toEqual({ app: 'b', lib: 'c' });
    expect(tale.request('feature/b')).toMatchObject({ phase: { state: 'landed' }, resolution: { choices: ['B'], how: 'person' } });
  });

  test('the certificate says who answered and what they might do then', async () => {
    const tale = await clash();
    const certificate = async () => JSON.parse(await tale.asks((control) => control.certificate('feature/b')));
    await tale.asks((control) => control.decide('feature/b', 'B', 'casey', { permission: 'write' }));
    await tale.settles();
    expect((await certificate()).resolution).toMatchObject({ by: 'casey', permission: 'write', how: 'person' });
  });

  test('an answer counts only for the question it was given to', async () => {
    const tale = await clash();
    const shown = questionMark(tale.phase('feature/b', 'escalated').question);
    tale.pushByHand('main', { app: 'elsewhere' });
    await tale.settles();
    await expect(tale.asks((control) => control.decide('feature/b', 'A', 'casey', { question: shown }))).rejects.toMatchObject({ code: 'not-allowed', retryable: false });
    await tale.settles();
    const asked = questionMark(tale.phase('feature/b', 'escalated').question);
    expect(asked).not.toBe(shown);
    await tale.asks((control) => control.decide('feature/b', 'A', 'casey', { question: asked }));
    await tale.settles();
    expect(tale.request('feature/b')).toMatchObject({ phase: { state: 'landed' }, resolution: { choices: ['A'] } });
  });

  test('an answer on its way while the question is asked anew is not taken for the new one', async () => {
    const tale = await clash();
    const { id, target } = tale.request('feature/b');
    const question = questionMark(tale.phase('feature/b', 'escalated').question);
    tale.pushByHand('main', { app: 'elsewhere' });
    await tale.settles();
    tale.world.command(target, { kind: 'decide', id, question, answer: 'A', by: 'casey' });
    await tale.settles();
    expect(tale.state('feature/b')).toBe('escalated');
  });

  test('of two who answer at once the second is told so', async () => {
    const tale = await clash();
    const said = await tale.asks((control) => Promise.allSettled([control.decide('feature/b', 'B', 'casey'), control.decide('feature/b', 'A', 'robin')]));
    expect(said.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  test('an answer nobody can understand changes nothing', async () => {
    const tale = await clash();
    await tale.decide('feature/b', 'maybe');
    expect(tale.state('feature/b')).toBe('escalated');
  });

  test('what changed under a question is asked again, on what is there now', async () => {
    const tale = await clash();
    tale.pushByHand('main', { app: 'elsewhere' });
    await tale.settles();
    expect(tale.phase('feature/b', 'escalated').question.conflict.paths[0]?.ours?.oid).toBe('elsewhere');
  });

  test('a finer merge lands by itself behind a gate, and is only offered without one', async () => {
    const gated = tell({ gate: { run: 'check', scope: 'each' }, diff3: 'auto' });
    const bare = tell({ diff3: 'auto' });
    for (const tale of [gated, bare]) {
      tale.push('feature/a', { app: 'fine-a' });
      tale.push('feature/b', { app: 'fine-b' });
      await tale.settles();
    }
    expect(gated.files('main')['app']).toMatch(/^fine-[ab]\+fine-[ab]$/);
    const open = ['feature/a', 'feature/b'].find((branch) => bare.state(branch) === 'escalated') ?? 'none';
    expect(bare.phase(open, 'escalated').question.options.map((option) => option.letter)).toEqual(['A', 'B', 'C']);
  });
});
