// Text of strangers inside Markdown: what must never come through, whatever they write.
import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { cell, code, fenced, fencedPatch, marked, prose, tailOf } from '../../src/merge/markdown.ts';

const GAP = '\u200b';

test.each<[string, string]>([
  ['feature/x', '`feature/x`'], ['a`b', '``a`b``'], ['`a`', '`` `a` ``'], ['', '(empty)'], ['@ada <b>#1</b>', '`@ada <b>#1</b>`'], ['a\n# b', '`a\\u{a}# b`'], ['\u202egpj.x', '`\\u{202e}gpj.x`'], ['<!-- maestro x -->', `\`<!${GAP}-- maestro x -->\``],
])('the name %j is shown as %s', (text, shown) => {
  expect(code(text)).toBe(shown);
});

test('a bar ends no cell', () => {
  expect(cell('a|b')).toBe('`a\\|b`');
});

test.each<[string, string]>([
  ['Fix it, then push.', 'Fix it, then push.'], ['`maestro retry` it', '`maestro retry` it'], ['@ada', `@${GAP}ada`], ['see #12 or GH-12', `see #${GAP}12 or GH-${GAP}12`], ['https://evil.example', `https:${GAP}//evil.example`], ['www.evil.example', `www${GAP}.evil.example`], ['<img src=x>', '&lt;img src=x&gt;'],
  ['[a](b) *c* __d__', '\\[a\\](b) \\*c\\* \\_\\_d\\_\\_'], ['one ` alone @x', `one \\\` alone @${GAP}x`], ['a\n# b', `a\\\\u\\{a\\}#${GAP} b`],
])('the sentence %j is written %j', (text, shown) => {
  expect(prose(text)).toBe(shown);
});

describe('a fence', () => {
  it('is longer than any in what it holds', () => {
    expect(fenced(['```', 'a'])).toBe('````text\n```\na\n````');
    expect(fencedPatch('+```` @ada\n')).toBe('`````diff\n+```` @ada\n`````');
  });

  it('holds the tail of a log without its colours', () => {
    expect(fenced(tailOf('a\n\u001b[31mred\u001b[0m\r\nend\u0007\n', 2))).toBe('```text\nred\nend\\u{7}\n```');
  });

  it('keeps the tabs of a patch, which is to be applied', () => {
    expect(fencedPatch('+\ta')).toBe('```diff\n+\ta\n```');
  });
});

test('a marker is the first line of a body', () => {
  expect(marked('question 3fa4', 'text')).toBe('<!-- maestro question 3fa4 -->\ntext');
});

describe('whatever text', () => {
  const piece = fc.oneof(fc.constantFrom('`', '```', '~~~', '<!-- maestro', '-->', '@ada', '#1', '|', '\n', '\r', '[x](y)', 'https://', '<b>', '\\', 'www.', 'GH-1'), fc.string({ unit: 'binary', maxLength: 3 }));
  const text = fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join(''));

  it('stays on its line and carries no marker', () => {
    fc.assert(fc.property(text, (text) => {
      for (const shown of [code(text), cell(text), prose(text)]) expect(shown).not.toMatch(/[\n\r]|<!--\s*maestro/);
    }), { numRuns: 1000 });
  });

  it('pings, links and tags nothing outside of code', () => {
    fc.assert(fc.property(text, (text) => {
      const outside = prose(text).replaceAll(/\\[^\w\s]|(`+).+?(?<!`)\1(?!`)/gu, ' ');
      expect(outside).not.toMatch(/@\w|#\d|:\/\/|<|\bwww\.|\bGH-\d/i);
    }), { numRuns: 1000 });
  });

  it('ends no fence early', () => {
    fc.assert(fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), (lines) => {
      const [first = '', ...rest] = fenced(lines).split('\n');
      const rail = first.replace('text', '');
      expect(rest.filter((line) => line.trim().startsWith(rail))).toEqual([rail]);
    }), { numRuns: 1000 });
  });
});
