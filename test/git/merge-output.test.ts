// What merge-tree says, read as it comes: in pieces cut anywhere, however long.
import { expect, test } from 'vitest';
import { mergeTaker, type MergeResult } from '../../src/adapter/git/merge-output.ts';

const TREE = 'a'.repeat(40);
const CLEAN = `1\0${TREE}\0\0`;
const CONFLICT = conflictIn(['f', 'g']);

test('an answer cut anywhere says the same as the whole', () => {
  const whole = read(CONFLICT, CONFLICT.length);
  expect(whole).toMatchObject({ kind: 'conflict', tree: TREE, stages: [{ path: 'f', stage: 2 }, { path: 'g', stage: 2 }], messages: [{ paths: ['f'], kind: 'CONFLICT (contents)' }, { paths: ['g'] }] });
  for (let bytes = 1; bytes < CONFLICT.length; bytes += 1) expect(read(CONFLICT, bytes)).toEqual(whole);
});

test('what follows is the next answer\'s', () => {
  expect(mergeTaker()(Buffer.from(CLEAN + CONFLICT))).toEqual({ value: { kind: 'clean', tree: TREE }, used: CLEAN.length });
});

test('an answer of megabytes that comes in small pieces is read once', () => {
  const paths = Array.from({ length: 20_000 }, (_, at) => `src/file${at}`);
  // Read anew with every piece it takes minutes: longer than a test may take.
  expect(read(conflictIn(paths), 64)).toMatchObject({ kind: 'conflict', stages: { length: paths.length } });
});

test('words that make no sense are no answer', () => {
  for (const text of ['2\0', `1\0${TREE}\0more\0`, '1\0tree\0\0', `0\0${TREE}\0no stage\0`, `0\0${TREE}\0\0${'9'.repeat(9)}\0`]) expect(() => read(text, text.length)).toThrow('out of step');
});

function conflictIn(paths: readonly string[]): string {
  const stages = paths.map((path) => `100644 ${TREE} 2\t${path}\0`);
  const messages = paths.map((path) => `1\0${path}\0CONFLICT (contents)\0CONFLICT (content): Merge conflict in ${path}\n\0`);
  return `0\0${TREE}\0${stages.join('')}\0${messages.join('')}\0`;
}

/** As a session hands it over: ever more of it, until it is whole. */
function read(answer: string, pieceBytes: number): MergeResult | null {
  const all = Buffer.from(answer);
  const take = mergeTaker();
  for (let bytes = pieceBytes; ; bytes += pieceBytes) {
    const taken = take(all.subarray(0, bytes));
    if (taken !== null || bytes >= all.length) return taken?.value ?? null;
  }
}
