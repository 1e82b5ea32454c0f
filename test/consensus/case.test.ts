// From texts to a case: what is refused before anybody votes (research/F A4), and how candidates come in later.
import { describe, expect, test } from 'vitest';
import { caseOf, withCandidate } from '../../src/consensus/case.ts';
import { isOpen, type Case } from '../../src/consensus/option.ts';
import type { Parser } from '../../src/resolution/syntax.ts';
import { FILE } from './room.ts';

const BOTH = 'a\nours\ntheirs\nb\n';

test('options are named by their chances, with a ledger each', () => {
  const of = cased([FILE.theirs, 0.1], [BOTH, 0.8]);
  expect(of.options.map(({ id, text, ledger }) => [id, text, ledger.dropped.map((line) => line.text)])).toEqual([['o1', BOTH, []], ['o2', FILE.theirs, ['ours']]]);
});

test('what is least likely is left out', () => {
  expect(cased(...Array.from({ length: 24 }, (_, at) => [`a\n${at}\nb\n`, at / 300] as const)).options.map(({ probability }) => probability)).toEqual([23, 22, 21, 20, 19, 18, 17, 16].map((at) => at / 300));
});

test('a side stays, however unlikely', () => {
  const likely = Array.from({ length: 9 }, (_, at) => [`a\n${at}\nb\n`, 0.1] as const);
  expect(cased(...likely, [FILE.ours, 0.001]).options.map(({ text }) => text)).toContain(FILE.ours);
});

test('equal texts are one option', () => {
  expect(cased([BOTH, 0.4], [BOTH, 0.3]).options.map(({ id, probability }) => [id, probability])).toEqual([['o1', 0.7]]);
});

test('the ledger of an option is made once', () => {
  const read: string[] = [];
  const text = 'a\nfrom nowhere\nb\n';
  const parser: Parser = { outline: (_path, of) => { read.push(of); return null; } };
  caseOf(FILE, 'both-added .ts', [{ text, rung: 'union', probability: 0.5 }], parser, null);
  // Its syntax, its shape, the entity of its new line.
  expect(read.filter((one) => one === text)).toHaveLength(3);
});

describe('cannot be chosen:', () => {
  test.each([
    ['a marker left over', 'a\n<<<<<<< ours\nours\nb\n', 'a conflict marker is left in line 2'],
    ['other line ends', 'a\r\nours\r\nb\r\n', 'its lines end otherwise than those of either side'],
    ['no final newline', 'a\nours\nb', 'the newline at the end of the file is lost'],
    ['a NUL', 'a\n\0\nb\n', 'holds bytes that are no text'],
  ])('%s', (_, text, objection) => {
    const [option] = cased([text, 0.9]).options;
    expect(option?.objections.map((one) => one.text)).toContain(objection);
    expect(option === undefined || isOpen(option)).toBe(false);
  });
});

test('a candidate that comes later takes the next name, and a known text none', () => {
  const before = cased([BOTH, 0.8], [FILE.ours, 0.1]);
  const after = withCandidate(before, { text: 'a\ntheirs\nours\nb\n', rung: 'model:m-1', probability: 0.2 }, null);
  expect(after.options.map(({ id }) => id)).toEqual(['o1', 'o2', 'o3']);
  expect(withCandidate(after, { text: BOTH, rung: 'model:m-1', probability: 0.9 }, null)).toBe(after);
});

function cased(...texts: readonly (readonly [text: string, probability: number])[]): Case {
  return caseOf(FILE, 'both-changed .ts', texts.map(([text, probability]) => ({ text, probability, rung: 'union' })), null, null);
}
