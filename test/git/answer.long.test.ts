// What a proposal may change of git's own merge: the bytes inside the hunks and nothing else, whatever anybody proposes.
import { array, assert, asyncProperty, constantFrom, tuple } from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildAnswer, conflictFiles } from '../../src/adapter/git/option.ts';
import type { ConflictFile } from '../../src/resolution/conflict-file.ts';
import { settledTest, sideText } from '../../src/resolution/settled.ts';
import type { Choice } from '../../src/port/git.ts';
import type { Content } from '../harness/repository.ts';
import { conflictOf, requestFor, workbench, type Workbench } from '../harness/workbench.ts';

let bench: Workbench;
beforeAll(async () => { bench = await workbench(); });
afterAll(() => bench.close());

/** Both sides changed the file. Null where git merges it by itself. */
async function meeting(base: Content, ours: Content, theirs: Content) {
  const root = await bench.repo.commit({ f: base, 'other.txt': 'o\n' }, 'root', { parents: [] });
  const onto = await bench.repo.commit({ f: ours }, 'ours', { parents: [root] });
  const tip = await bench.repo.commit({ f: theirs, 'new.txt': 'n\n' }, 'theirs', { parents: [root] });
  const request = requestFor(tip);
  const [outcome] = await bench.build(onto, [request]);
  if (outcome?.kind !== 'conflict') return null;
  const asking = { request, onto, conflict: conflictOf(outcome), inverses: [] };
  const answer = (...choices: readonly Choice[]) => buildAnswer(asking, choices, bench);
  const files = await conflictFiles(asking, bench);
  return { answer, files, texts: files.flatMap((one): readonly ConflictFile[] => one.kind === 'text' ? [one.file] : []) };
}

function propose(text: string): Choice {
  return { letter: 'C', take: { kind: 'text', text } };
}

/** Each is a handful of git processes; `npm run test:long` proves lines merged as git merges them on thousands. */
const RUNS = 15;
const line = constantFrom('a\n', 'b\n', '\n', 'x\r\n', 'y\n');
const file = tuple(array(line, { maxLength: 6 }), constantFrom('', 'end')).map(([lines, end]) => lines.join('') + end);

test('a proposal lands as it is or not at all, touches no byte that git settled, and the sides are those of git', async () => {
  await assert(asyncProperty(file, file, file, file, async (base, ours, theirs, other) => {
    const met = await meeting(base, ours, theirs);
    const [conflicted] = met?.texts ?? [];
    if (met === null || conflicted === undefined) return;
    const sides = { ours: sideText(conflicted, 'ours'), theirs: sideText(conflicted, 'theirs') };
    for (const text of [other, `${sides.ours}${other}`, sides.ours.replace('\n', `\n${other}\n`)]) {
      const answered = await met.answer(propose(text));
      expect(answered !== null).toBe(settledTest(conflicted)(text));
      if (answered !== null) expect(await bench.files(answered.tree)).toEqual({ f: text, 'new.txt': 'n\n', 'other.txt': 'o\n' });
    }
    for (const [letter, side] of [['A', 'ours'], ['B', 'theirs']] as const) {
      const answered = await met.answer({ letter, take: { kind: 'side', side } });
      expect((await bench.files(answered?.tree ?? ''))['f']).toBe(sides[side]);
    }
  }), { numRuns: RUNS });
});

const submodule = (digit: string): Content => ({ mode: '160000', oid: digit.repeat(40) });

test.each<[string, string, Content, Content, Content]>([
  ['a binary file', 'binary', Buffer.from('\0x'), Buffer.from('\0one'), Buffer.from('\0two')],
  ['a NUL in one side', 'binary', 'x\n', 'one\n', 't\0wo\n'],
  ['bytes that are no UTF-8', 'binary', Buffer.from([0x78, 10]), Buffer.from([0xff, 10]), Buffer.from([0x79, 10])],
  ['a file of many MiB', 'too-large', 'x\n', `one\n${'1234567\n'.repeat(600_000)}`, 'two\n'],
  ['a file one side deleted', 'unread', 'x\n', null, 'two\n'],
  ['a submodule', 'unread', submodule('1'), submodule('2'), submodule('3')],
])('%s is no text to think about, and it is said why (%s)', async (_, code, base, ours, theirs) => {
  const met = await meeting(base, ours, theirs);
  expect(met?.files).toMatchObject([{ kind: 'alarm', path: 'f', alarm: { code } }]);
});

test.each([
  ['Windows line ends on one side', 'a\nb\n', 'a\r\nours\r\n', 'a\ntheirs\n'],
  ['no newline at the end', 'a\nb', 'a\nours', 'a\ntheirs'],
  ['5,000 equal lines', 'same\n'.repeat(5000), `${'same\n'.repeat(2500)}ours\n${'same\n'.repeat(2499)}`, `${'same\n'.repeat(2500)}theirs\n${'same\n'.repeat(2499)}`],
])('%s: every byte is kept', async (_, base, ours, theirs) => {
  const met = await meeting(base, ours, theirs);
  expect(met?.texts).toMatchObject([{ base, ours, theirs }]);
  const answered = await met?.answer(propose(theirs));
  expect((await bench.files(answered?.tree ?? ''))['f']).toBe(theirs);
});
