// Conflicts git itself cannot settle, with real git: named, put to a person, answered..
import { expect, test } from 'vitest';
import { CASES, endsAs, withFirstLanded } from './conflict-case.ts';
import { gateConfig, scene } from './scene.ts';

test.each(CASES.slice(0, 3))('a conflict of kind $kind is named and asked; B gives the tree it promised', (one) => endsAs(one, 'B'));

test('several conflicts are answered at once, one letter each, and the losing sides get their homework', async () => {
  const on = await scene({ files: { f: 'x\n', g: 'x\n' } });
  const control = await withFirstLanded(on, { f: 'one\n', g: 'one\n' });
  await on.ready('feature/second', { f: 'two\n', g: 'two\n' });
  await on.reaches('feature/second', 'escalated');
  await expect(control.decide('feature/second', 'ABA', 'p')).rejects.toMatchObject({ code: 'usage' });
  await control.decide('feature/second', 'AB', 'p');
  await on.landed('feature/second');
  expect([await on.read('f'), await on.read('g')]).toEqual(['one', 'two']);
  const tasks = await on.until('two tasks', () => (on.lane()?.tasks.length ?? 0) >= 2 && on.lane()?.tasks);
  expect(tasks.map((task) => [task.branch, task.path]).toSorted(([a = ''], [b = '']) => a.localeCompare(b))).toEqual([['feature/first', 'g'], ['feature/second', 'f']]);
  expect(new Set(tasks.map((task) => task.author))).toEqual(new Set([on.request('feature/first')?.author]));
});

test('the certificate of an answered conflict says path by path who chose what, what that dropped, and whose gate run counts', async () => {
  const on = await scene({ files: { f: 'x\n', g: 'x\n' }, config: gateConfig('true') });
  const control = await withFirstLanded(on, { f: 'one\n', g: 'one\nand more\n' });
  await on.ready('feature/second', { f: 'two\n', g: 'two\n' });
  const { id, phase } = await on.reaches('feature/second', 'escalated');
  await control.decide('feature/second', 'B', 'p');
  await on.landed('feature/second');
  const { resolution, gate } = JSON.parse(await control.certificate('feature/second')) as Record<string, unknown>;
  expect(resolution).toMatchObject({ question: phase.question.conflict.fingerprint, by: 'p', how: 'person', choices: ['B', 'B'], paths: [
    { path: 'f', choice: 'B', dropped: { target: 1, branch: 0 } },
    { path: 'g', choice: 'B', dropped: { target: 2, branch: 0 } },
  ] });
  expect(gate).toMatchObject({ result: 'passed', reusedFrom: id });
  expect(gate).not.toHaveProperty('ms');
});

test('an answer to a conflict that changed meanwhile is not used for another one', async () => {
  const on = await scene({ files: { f: 'x\n' } });
  const control = await withFirstLanded(on, { f: 'one\n' });
  await on.ready('feature/second', { f: 'two\n' });
  const { phase } = await on.reaches('feature/second', 'escalated');
  await on.quietly('main', { f: 'three\n' });
  await control.decide('feature/second', 'B', 'p');
  const again = await on.until('the new question', () => {
    const now = on.request('feature/second')?.phase;
    return now?.state === 'escalated' && now.question.conflict.fingerprint !== phase.question.conflict.fingerprint && now.question;
  });
  expect(again.conflict.paths[0]?.hunks[0]?.ours).toEqual(['three']);
  expect(await on.read('f')).toBe('three');
});

test('every option is gated before anybody is asked, and a red one says so', async () => {
  const on = await scene({ files: { f: 'x\n' }, config: gateConfig('! grep -q two f') });
  await withFirstLanded(on, { f: 'one\n' });
  await on.ready('feature/second', { f: 'two\n' });
  const { phase } = await on.reaches('feature/second', 'escalated');
  expect(phase.question.options.slice(0, 2).map((option) => [option.letter, option.verdict.kind])).toEqual([['A', 'passed'], ['B', 'failed']]);
  expect(phase.question.options.every((option) => option.verdict.kind !== 'not-configured')).toBe(true);
});

test('a question about a file that its branch renames is asked anew where another changes it under its old name', async () => {
  const lines = Array.from({ length: 20 }, (_, at) => `line ${at}\n`);
  const edit = (changes: Record<number, string>): string => lines.map((line, at) => changes[at] ?? line).join('');
  const on = await scene({ files: { f: edit({}) } });
  await withFirstLanded(on, { f: edit({ 2: 'ours\n' }) });
  await on.ready('feature/second', { f: null, n: edit({ 2: 'theirs\n' }) });
  const { phase } = await on.reaches('feature/second', 'escalated');
  await on.ready('feature/third', { f: edit({ 12: 'third\n' }) });
  await on.landed('feature/third');
  const again = await on.until('the new question', () => {
    const now = on.request('feature/second')?.phase;
    return now?.state === 'escalated' && now.question.onto !== phase.question.onto && now.question;
  });
  expect(again.conflict.fingerprint).not.toBe(phase.question.conflict.fingerprint);
});
