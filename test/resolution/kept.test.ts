// What is remembered of lines: the same answer as before, and no more memory than the lines themselves.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { ownCopy } from '../../src/resolution/kept.ts';
import { learn, noLessons } from '../../src/resolution/lesson.ts';
import { bare, linesOf } from '../../src/resolution/line.ts';
import { inkOf } from '../../src/resolution/token.ts';
import { NO_INTENT } from '../../src/resolution/conflict-file.ts';

const ROUNDS = 40;
const FILE_CHARS = 2_000_000;
/** A tenth of what the files of all rounds take. */
const GROWTH_BYTES_MAX = ROUNDS * FILE_CHARS / 10;

test('lines that are remembered do not keep their files', () => {
  expect(grownBy((at) => {
    const [, line = ''] = linesOf(largeFile(`a line of its own ${at}`));
    expect([bare(line), inkOf(line).length]).toEqual([`alineofitsown${at}`, 6]);
  })).toBeLessThan(GROWTH_BYTES_MAX);
});

test('nor do lessons', () => {
  const lessons = noLessons();
  expect(grownBy((at) => {
    const [base, ours, theirs] = ['base', 'ours', 'theirs'].map((side) => largeFile(`as ${side} has it in round ${at}`));
    expect(learn(lessons, { path: 'f', base: base ?? '', ours: ours ?? '', theirs: theirs ?? '', intent: NO_INTENT }, largeFile(`as people had it in round ${at}`))).toBe(true);
  })).toBeLessThan(GROWTH_BYTES_MAX);
});

test('a copy says the same, broken signs too', () => {
  for (const text of ['', 'plain', 'ä', '日本', '\ud800', 'a\0b\r\n']) expect(ownCopy(text)).toBe(text);
});

function largeFile(line: string): string {
  return `${'x'.repeat(FILE_CHARS)}\n${line}\n`;
}

function grownBy(work: (round: number) => void): number {
  const before = heapBytes();
  for (let round = 0; round < ROUNDS; round += 1) work(round);
  return heapBytes() - before;
}

function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc()');
  return process.memoryUsage().heapUsed;
}
