// `maestro resolve` as a filter, through the bin: one line in, one line out, whatever the line is.
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { LadderAnswer, Outcome } from '../../src/adapter/ladder/ladder.ts';
import { answersTo, type FilterChoices } from '../../src/command/resolve/filter.ts';
import { linesIn } from '../../src/command/resolve/line-reader.ts';

const BIN = resolve(import.meta.dirname, '../../bin/maestro.mjs');
const TOKENS = { path: 'a.txt', base: 'f(a, b, c)\n', ours: 'f(A, b, c)\n', theirs: 'f(a, b, C)\n' };
const CLEAN = { path: 'a.txt', base: '1\n2\n3\n4\n', ours: 'X\n2\n3\n4\n', theirs: '1\n2\n3\nY\n' };
const NONE: LadderAnswer = { kind: 'unanswered', why: 'deadline', plain: [] };

test('files are answered in the order they were asked, clean ones with git\'s own text', async () => {
  const answers = await filter([{ id: 1, ...CLEAN }, { id: 'b', ...TOKENS }, { id: 3, ...CLEAN }]);
  expect(answers.map(({ id }) => id)).toEqual([1, 'b', 3]);
  expect(answers[0]).toMatchObject({ resolved: 'X\n2\n3\nY\n', confidence: 1, rung: 'clean', ledger: { dropped: [] } });
  expect(answers[1]?.options).toContain('f(A, b, C)\n');
});

test('line ends, a missing last newline and both sides adding a path are taken as they are', async () => {
  const [crlf, open, added] = await filter([
    { id: 1, path: 'a', base: '1\r\n2\r\n3\r\n', ours: 'X\r\n2\r\n3\r\n', theirs: '1\r\n2\r\nY\r\n' },
    { id: 2, path: 'a', base: '1\n2\n3', ours: 'X\n2\n3', theirs: '1\n2\nY' },
    { id: 3, path: 'a', base: null, ours: 'same\n', theirs: 'same\n' },
  ]);
  expect([crlf?.resolved, open?.resolved, added?.resolved]).toEqual(['X\r\n2\r\nY\r\n', 'X\n2\nY', 'same\n']);
});

test('what became of one file of a merge tells of the others of that name, and of no others', async () => {
  const one = (id: number, merge: string): object => ({ id, path: `${id}.md`, merge, base: `base ${id}\n`, ours: `ours ${id}\n`, theirs: `theirs ${id}\n` });
  const told = [1, 2, 3, 4, 5].flatMap((id) => [one(id, 'a'), { kind: 'outcome', id, resolved: `theirs ${id}\n` }]);
  const [same, other] = (await filter([...told, one(6, 'a'), one(7, 'b')])).slice(-2);
  expect(same?.resolved).toBe('theirs 6\n');
  expect(same?.confidence).toBeGreaterThan((other?.confidence ?? 1) + 0.1);
});

test('what a side had before is heard where it is told of both sides, and nothing else is taken for it', async () => {
  const went = { path: 'a.js', base: 'f(1);\n', ours: 'f(3, more);\n', theirs: 'f(2);\n', oursEarlier: ['f(3, more);\n', 'f(2);\n'] };
  const [plain, told, ...odd] = await filter([{ id: 1, ...went }, { id: 2, ...went, theirsEarlier: [] }, { id: 3, ...went }, { id: 3, ...went, theirsEarlier: [4] }, { id: 3, ...went, oursEarlier: 'f(2);\n', theirsEarlier: [] }]);
  expect(told?.resolved).toBe(went.ours);
  expect(told?.confidence).toBeGreaterThan(plain?.confidence ?? 1);
  for (const one of odd) expect(one).toEqual({ ...plain, id: 3 });
});

test('no compiled grammar is thrown away, however eagerly V8 would', async () => {
  const eagerly = ['--trace-wasm-code-gc', '--stress-wasm-code-gc', '--wasm-tiering-budget=1000'];
  const text = (of: string): string => `function f(a: string) {\n  return ${of};\n}\n${'export const g = (b: number): number => b * 2;\n'.repeat(300)}`;
  const [answer, ...traced] = await printed([{ id: 1, path: 'a.ts', base: text('[a]'), ours: text('[a, 1]'), theirs: text('[a, 2]') }], eagerly);
  expect(traced).toEqual([]);
  expect(answer).toContain('"options":[');
});

test('a conflict of a hundred thousand lines is answered or declined, never waited for', async () => {
  const fill = (of: (at: number) => string): string => Array.from({ length: 100_000 }, (_, at) => `${of(at)}\n`).join('');
  const [answer] = await filter([{ id: 1, path: 'a', base: fill((at) => `b${at}`), ours: fill((at) => `o${at % 7}`), theirs: fill((at) => `t${at}`) }]);
  expect(answer?.resolved === null ? answer.why : 'answered').toMatch(/^(?:answered|too-large|too-many-hunks|deadline)$/);
});

test.each([
  ['{', null, 'not-json'],
  ['[1]', null, 'not-json'],
  ['{"path":"a"}', null, 'bad-request'],
  ['{"id":1,"path":"a","ours":"","theirs":""}', 1, 'bad-request'],
  ['{"id":1,"path":"a","base":null,"ours":3,"theirs":""}', 1, 'bad-request'],
  ['{"id":1,"path":"","base":null,"ours":"","theirs":""}', 1, 'bad-request'],
  ['{"id":1,"repoGitDir":"/x","base":"b","ours":"o","theirs":"t"}', 1, 'bad-request'],
  [Buffer.from([0x7b, 0xff, 0x7d]), null, 'not-utf8'],
  [Buffer.alloc(200, 'x'), null, 'line-too-long'],
])('the line %j costs only itself', async (line, id, code) => {
  const answers = await direct([line, JSON.stringify({ id: 'next', ...CLEAN })]);
  expect(answers).toMatchObject([{ id, resolved: null, error: { code } }, { id: 'next' }]);
});

describe('choices', () => {
  const answer: LadderAnswer = { kind: 'answered', ledger: null, resolution: { kind: 'proposals', proposals: [{ text: 'a', rung: 'token', probability: 0.6 }, { text: 'b', rung: 'ours', probability: 0.2 }] } };

  test('the best proposal is given however sure it is, unless only sure ones are wanted', async () => {
    const asked = [JSON.stringify({ id: 1, ...TOKENS })];
    expect(await direct(asked, {}, answer)).toMatchObject([{ resolved: 'a', confidence: 0.6, rung: 'token', options: ['a', 'b'] }]);
    expect(await direct(asked, { onlySure: true, optionsMax: 1 }, answer)).toMatchObject([{ resolved: null, confidence: 0.6, options: ['a'], why: 'not-sure' }]);
  });

  test('an outcome teaches its scope once and is not answered', async () => {
    const taught: Outcome[] = [];
    const lines = [{ id: 1, scope: 's', ...TOKENS }, { kind: 'outcome', id: 1, resolved: 'x' }, { kind: 'outcome', id: 1, resolved: 'x' }, { kind: 'outcome', id: 2, resolved: 'x' }];
    expect(await direct(lines.map((line) => JSON.stringify(line)), {}, answer, taught)).toHaveLength(1);
    expect(taught).toMatchObject([{ scope: 's', resolved: 'x', file: { path: 'a.txt' } }]);
  });
});

type Answer = { readonly id: unknown; readonly resolved: string | null; readonly confidence: number; readonly options: readonly string[]; readonly why?: string };

async function filter(lines: readonly object[]): Promise<readonly Answer[]> {
  return (await printed(lines)).map((line) => JSON.parse(line) as Answer);
}

function printed(lines: readonly object[], flags: readonly string[] = []): Promise<readonly string[]> {
  return new Promise((settle, reject) => {
    const child = execFile(process.execPath, [...flags, BIN, 'resolve'], { maxBuffer: 256 * 1024 * 1024 }, (error, out) => {
      if (error === null) settle(out.trimEnd().split('\n'));
      else reject(error);
    });
    child.stdin?.end(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  });
}

/** Without the process: a scripted ladder, and lines of at most 150 bytes. */
async function direct(lines: readonly (string | Buffer)[], choices: Partial<FilterChoices> = {}, answer: LadderAnswer = NONE, taught: Outcome[] = []): Promise<readonly unknown[]> {
  const input = async function* (): AsyncGenerator<Buffer> {
    for (const line of lines) yield Buffer.concat([Buffer.from(line), Buffer.from('\n')]);
  };
  const ladder = { resolve: () => Promise.resolve(answer), learn: (outcome: Outcome) => Promise.resolve(void taught.push(outcome)) };
  const answers: unknown[] = [];
  for await (const told of answersTo(linesIn(input(), 150), ladder, { threshold: 0.85, onlySure: false, optionsMax: 24, ...choices })) answers.push(JSON.parse(told));
  return answers;
}
