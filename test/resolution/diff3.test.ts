// What diff3 may settle, and above all what it must leave alone.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DIFF3_LINES_MAX, resolveByDiff3 } from '../../src/resolution/diff3.ts';

describe('settled', () => {
  for (const [name, base, ours, theirs, merged] of [
    ['different words of a line', 'f(a, b, c)\n', 'f(A, b, c)\n', 'f(a, b, C)\n', 'f(A, b, C)\n'],
    ['different lines', '1\n2\n3\n', 'X\n2\n3\n', '1\n2\nY\n', 'X\n2\nY\n'],
    ['the same change on both sides', 'a\n', 'b\n', 'b\n', 'b\n'],
    ['CRLF and no newline at the end', 'k\r\nx = 1 + 2', 'k\r\nx = 3 + 2', 'k\r\nx = 1 + 4', 'k\r\nx = 3 + 4'],
    ['beyond ASCII', 'größe: klein, farbe: rot\n', 'größe: groß, farbe: rot\n', 'größe: klein, farbe: blau\n', 'größe: groß, farbe: blau\n'],
  ] as const) test(name, () => expect(resolveByDiff3(base, ours, theirs)).toBe(merged));
});

describe('left alone', () => {
  for (const [name, base, ours, theirs] of [
    ['the same word', 'f(a)\n', 'f(b)\n', 'f(c)\n'],
    ['neighbouring words', 'a b\n', 'A b\n', 'a B\n'],
    ['neighbouring lines', '1\n2\n', 'X\n2\n', '1\nY\n'],
    ['words that only white space parts', 'a\n   b\n', 'A\n   b\n', 'a\n   B\n'],
    ['insertions at one place', 'a\nz\n', 'a\n1\nz\n', 'a\n2\nz\n'],
    ['a line deleted here and edited there', 'a\nb c d\nz\n', 'a\nz\n', 'a\nb c D\nz\n'],
    ['both added a file', '', 'a\n', 'b\n'],
    ['a result with markers in it', 'a b c\n<<<<<<< x\n', 'A b c\n<<<<<<< x\n', 'a b C\n<<<<<<< x\n'],
    ['one line too many', 'x\n'.repeat(DIFF3_LINES_MAX + 1), 'y\n', 'z\n'],
  ] as const) test(name, () => expect(resolveByDiff3(base, ours, theirs)).toBeNull());
});

test('one changed side is that side; the sides may be swapped; every token has an origin', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', ' ', '\n', '(', ','), { maxLength: 24 }).map((parts) => parts.join(''));
  fc.assert(fc.property(text, text, text, (base, ours, theirs) => {
    const merged = resolveByDiff3(base, ours, theirs);
    expect(resolveByDiff3(base, theirs, ours)).toBe(merged);
    expect(resolveByDiff3(base, ours, base)).toBe(ours);
    if (merged !== null) for (const sign of merged) expect(base + ours + theirs).toContain(sign);
  }), { seed: 11, numRuns: 400 });
});

// Without the caps this takes minutes, far beyond a test's time.
test('the worst file it accepts comes to an end', () => {
  const fill = (of: (at: number) => string): string => Array.from({ length: DIFF3_LINES_MAX }, (_, at) => `${of(at)}\n`).join('');
  expect(resolveByDiff3(fill(() => 'x'), fill((at) => `a${at}`), fill((at) => `b${at}`))).toBeNull();
  expect(resolveByDiff3(fill((at) => at % 2 === 0 ? 'x' : 'y'), fill((at) => at % 3 === 0 ? 'x' : 'y'), fill((at) => at % 5 === 0 ? 'x' : 'y'))).toBeNull();
});
