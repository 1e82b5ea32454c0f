// Which names a pattern matches and what it captures.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PATTERN_CHARS_MAX, fillPattern, matchPattern, patternProblem, shellGlob } from '../../src/merge/pattern.ts';

describe('a pattern', () => {
  it.each<[string, string, Record<string, string> | null]>([
    ['main', 'main', {}],
    ['main', 'mainx', null],
    ['main', 'x/main', null],
    ['team/*', 'team/web', {}],
    ['team/*', 'team', null],
    ['team/*', 'team/web/x', null],
    ['team/*-x', 'team/-x', {}],
    ['specialists/**', 'specialists/a', {}],
    ['specialists/**', 'specialists/a/b/c', {}],
    ['specialists/**', 'specialists', null],
    ['**', 'a/b', {}],
    ['**/fix', 'a/b/fix', {}],
    ['**/fix', 'fix', null],
    ['a/**/b/**/c', 'a/x/b/b/y/c', {}],
    ['a/**/b/**/c', 'a/b/c', null],
    ['feature/{team}-*', 'feature/web-login-form', { team: 'web' }],
    ['feature/{team}-*', 'feature/web-', { team: 'web' }],
    ['feature/{team}-*', 'feature/-web', null],
    ['feature/{team}-*', 'feature/web', null],
    ['{a}-{b}-x', 'p-q-r-x', { a: 'p', b: 'q-r' }],
    ['{a}-x', 'p-x-x', { a: 'p-x' }],
    ['{a}-{b}', 'x--', { a: 'x', b: '-' }],
    ['{team}/**/{name}', 'web/a/b/login', { team: 'web', name: 'login' }],
    ['v*.*', 'v1.2.3', {}],
    ['a*a', 'a', null],
    ['*', '', null],
  ])('%s on %s', (pattern, name, captures) => {
    const found = matchPattern(pattern, name);
    expect(found === null ? null : Object.fromEntries(found)).toEqual(captures);
  });

  it.each([
    ['', 'empty'], ['/a', 'empty'], ['a//b', 'empty'], ['a/**b', 'alone'], ['**/**', 'side by side'], ['a***', 'alone'], ['{a}{b}', 'between'], ['{a}*', 'between'],
    ['{a', 'partner'], ['a}', 'partner'], ['{A}', 'lower-case'], ['{}', 'lower-case'], ['{a}/{a}', 'twice'], ['a b', 'accepted'], ['a?', 'accepted'],
    ['refs/heads/a', 'refs/heads'], ['a'.repeat(PATTERN_CHARS_MAX + 1), 'longer'],
  ])('%s is refused', (pattern, why) => {
    expect(patternProblem(pattern)).toContain(why);
  });

  it.each(['main', 'feature/{team}-*', 'specialists/**', '**', '*', 'a/**/b', 'v*.*', '{a}-{b}-{c}'])('%s is accepted', (pattern) => {
    expect(patternProblem(pattern)).toBeNull();
  });

  it('gives its captures to a template', () => {
    const captures = new Map([['team', 'web']]);
    expect(fillPattern('team/{team}', captures)).toBe('team/web');
    expect(fillPattern('team/{team}-{team}', captures)).toBe('team/web-web');
    expect(fillPattern('main', captures)).toBe('main');
    expect(fillPattern('team/{other}', captures)).toBeNull();
    expect(fillPattern('team/*', captures)).toBeNull();
  });

  it.each([['team/{team}', 'team/*'], ['a/**', 'a/*'], ['main', 'main'], ['{a}-{b}', '*-*']])('%s is %s to a shell', (pattern, glob) => {
    expect(shellGlob(pattern)).toBe(glob);
  });
});

describe('any pattern and name', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', '-'), maxLength: 4 });
  const segment = fc.array(fc.oneof(word, fc.constant('*')), { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''));
  const pattern = fc.array(fc.oneof({ weight: 3, arbitrary: segment }, fc.constant('**')), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/')).filter((text) => patternProblem(text) === null);
  const name = fc.array(word.filter((text) => text !== ''), { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/'));

  it('agree with a regular expression that says the same', () => {
    fc.assert(fc.property(pattern, name, (pattern, name) => {
      const source = pattern.split('/').map((part) => part === '**' ? '[^/]+(?:/[^/]+)*' : part.replaceAll('*', '[^/]*')).join('/');
      expect(matchPattern(pattern, name) !== null).toBe(new RegExp(`^${source}$`).test(name));
    }), { numRuns: 3000 });
  });

  it('come to an end at the caps', () => {
    const worst: [string, string][] = [[`${'*a'.repeat(98)}b`, 'a'.repeat(200)], [`${'**/a/'.repeat(39)}b`, `${'a/'.repeat(99)}a`], [`**/${'*a/'.repeat(60)}**/b`, `${'a/'.repeat(99)}c`]];
    // A matcher that backtracks would not come back from one of these.
    for (const [pattern, name] of worst) expect(matchPattern(pattern, name)).toBeNull();
  });
});
