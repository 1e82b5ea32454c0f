// From a conflict to its end without a person, or to the person: minds, gate, git and ledger are real.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { asked, clash, ROW, row } from './minds-case.ts';

describe('what the minds are sure of', () => {
  test('lands without a question, as exactly the tree that was gated, while others go on', async () => {
    const on = await clash(ROW);
    await on.ready('feature/elsewhere', { 'z.txt': 'z\n' });
    const { phase, resolution } = await on.reaches('feature/second', 'landed');
    await on.landed('feature/elsewhere');
    expect(await on.read('pool.json')).toBe(row(8, 64).trimEnd());
    expect(phase).toMatchObject({ candidate: { how: 'resolved' }, verdict: { kind: 'passed', tree: phase.candidate.tree } });
    expect(resolution).toMatchObject({ how: 'consensus', choices: ['C'], minds: { files: [{ path: 'pool.json', outcome: { kind: 'settled', rung: 'token' } }] } });
    expect((await on.remote.git(['log', '--first-parent', '--format=%T', 'refs/heads/main'])).split('\n')).toContain(phase.candidate.tree);
  });

  test('is told by certificate and story: rounds, confidence, choices; and can be rolled back', async () => {
    const on = await clash(ROW);
    const { id, phase } = await on.reaches('feature/second', 'landed');
    expect(phase.verdict).toMatchObject({ kind: 'passed', tree: phase.candidate.tree, reusedFrom: id });
    const certificate: unknown = JSON.parse(await on.maestro.control.certificate(id));
    expect(certificate).toMatchObject({ how: 'resolved', resolution: { by: 'consensus', choices: ['C'], minds: [{ path: 'pool.json', rounds: 2, confidence: expect.any(Number), said: expect.arrayContaining(['Round 1', 'Round 2', 'Agreed on C']) }] } });
    const story = (await on.maestro.control.explain(id)).story.map(({ text }) => text);
    expect(story).toContainEqual(expect.stringMatching(/^decided C by consensus \(1 of 1 settled in 2 rounds, \d+% sure\)$/));
    expect(story.filter((text) => text.startsWith('asked'))).toEqual([]);
    await on.maestro.control.rollback(id, 'a person', false);
    await on.reaches('feature/second', 'rolled-back');
    expect(await on.read('pool.json')).toBe(row(8, 1).trimEnd());
  });
});

describe('a person is asked all the same', () => {
  test('where the gate is red on what was agreed', async () => {
    const question = await asked(await clash(ROW, { gate: '! grep -q "8.*64" pool.json' }));
    expect(question.minds?.files).toMatchObject([{ outcome: { kind: 'person' }, lines: expect.arrayContaining(['New: D (both sides\' words) fails the gate', 'New: C passes the gate']) }]);
    expect(question.options.slice(0, 2).map(({ letter, verdict }) => [letter, verdict.kind])).toEqual([['A', 'passed'], ['B', 'passed']]);
  });

  test('where no gate is configured', async () => {
    const question = await asked(await clash(ROW, { gate: null }));
    expect(question.options.map(({ letter, verdict }) => [letter, verdict.kind])).toEqual([['A', 'not-configured'], ['B', 'not-configured'], ['C', 'not-configured']]);
    expect(question.minds?.files).toMatchObject([{ outcome: { kind: 'person' } }]);
    expect(question.minds?.files[0]?.confidence).toBeLessThanOrEqual(0.7);
  });

  test('where the config says so: what was agreed on is offered, and lands at once when taken', async () => {
    const on = await clash(ROW, { more: 'consensus: { land: ask }\n' });
    const question = await asked(on);
    expect(question.minds?.files[0]?.lines.at(-1)).toBe('Agreed on C');
    const proposal = question.options.find(({ letter }) => letter === 'C');
    await on.maestro.control.decide('feature/second', 'C', 'a person');
    const { phase } = await on.reaches('feature/second', 'landed');
    expect(phase).toMatchObject({ candidate: { tree: proposal?.tree }, verdict: { kind: 'passed', reusedFrom: expect.any(String) } });
  });

  test('where the path is protected', async () => {
    const at = (text: string) => ({ '.github/workflows/ci.yml': text });
    const question = await asked(await clash({ base: at(row(4, 1)), first: at(row(8, 1)), second: at(row(4, 64)) }));
    expect(question.minds?.files).toMatchObject([{ outcome: { kind: 'person', type: 'AUTHORIZATION', code: 'protected-path' } }]);
  });
});

describe('what cannot be read', () => {
  const at = (text: string | Buffer) => ({ 'f.txt': text });
  const wide = (word: string): string => Array.from({ length: 201 }, (_, line) => `${word} ${line}\nsame ${line}\n`).join('');
  test.each([
    ['holds no text', 'binary', [Buffer.from('\0x'), Buffer.from('\0one'), Buffer.from('\0two')]],
    ['is too large', 'too-large', ['x\n', 'one', 'two'].map((word) => `${word}\n${'1234567\n'.repeat(200_000)}`)],
    ['is torn in too many places', 'too-large', ['x', 'one', 'two'].map(wide)],
  ] as const)('because it %s goes to a person as both sides, and the question says why', async (_, code, [base, first, second]) => {
    const on = await clash({ base: at(base ?? ''), first: at(first ?? ''), second: at(second ?? '') }, { ladder: null });
    const question = await asked(on);
    expect(question.options.map(({ letter }) => letter)).toEqual(['A', 'B']);
    expect(question.minds?.files).toMatchObject([{ path: 'f.txt', rounds: 0, outcome: { type: 'MANUAL', code } }]);
    expect((await on.maestro.control.explain('feature/second')).waitsFor).toContain('nothing is proposed: f.txt: ');
  });
});

describe('several files', () => {
  const TWO = { base: { 'pool.json': row(4, 1), 'more.json': row(4, 1) }, first: { 'pool.json': row(8, 1), 'more.json': row(8, 1) }, second: { 'pool.json': row(4, 64), 'more.json': row(4, 64) } };

  test('all agreed on land at once: of a section and a line each, both survive', async () => {
    const both = (section: string, item: string) => ({ 'README.md': `# Tool\n\nWhat it is.\n${section}`, 'CHANGELOG.md': `# Changes\n\n- first\n${item}\n## 1.0\n` });
    const on = await clash({ base: both('', ''), first: both('\n## Install\n\nRun it.\n', '- install\n'), second: both('\n## Usage\n\nUse it.\n', '- usage\n') });
    const { resolution } = await on.reaches('feature/second', 'landed');
    expect(resolution).toMatchObject({ how: 'consensus', minds: { files: [{ outcome: { kind: 'settled' } }, { outcome: { kind: 'settled' } }] } });
    const landed = `${await on.read('README.md')}\n${await on.read('CHANGELOG.md')}`;
    for (const part of ['## Install\n\nRun it.\n', '## Usage\n\nUse it.\n', '- install\n', '- usage\n']) expect(landed).toContain(part);
  });

  test('one of them open asks once, with a letter for each; a proposal lost with the mirror is made and asked anew', async () => {
    const auth = { base: { 'a-auth.json': row(4, 1), ...TWO.base }, first: { 'a-auth.json': row(8, 1), ...TWO.first }, second: { 'a-auth.json': row(4, 64), ...TWO.second } };
    const on = await clash(auth);
    expect((await asked(on)).options.map(({ letter }) => letter)).toEqual(['A', 'B', 'C']);
    await on.stop();
    rmSync(join(on.state, 'mirror.git'), { recursive: true });
    const { control } = await on.start();
    await control.decide('feature/second', 'ABC', 'a person');
    await on.reaches('feature/second', 'deliberating');
    await on.reaches('feature/second', 'escalated');
    await control.decide('feature/second', 'ABC', 'a person');
    await on.landed('feature/second');
    expect([await on.read('a-auth.json'), await on.read('more.json'), await on.read('pool.json')]).toEqual([row(8, 1), row(4, 64), row(8, 64)].map((text) => text.trimEnd()));
  });
});
