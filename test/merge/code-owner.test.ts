// Who owns which paths: GitHub's documented examples, its exceptions, and patterns made to be slow.
import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { OWNERS_FILE_CHARS_MAX, parseCodeOwners, reviewersOf } from '../../src/merge/code-owner.ts';

// The example of docs.github.com, "About code owners".
const DOCUMENTED = `
*       @global-owner1 @global-owner2
*.js    @js-owner #This is an inline comment.
*.go docs@example.com
*.txt @octo-org/octocats
/build/logs/ @doctocat
docs/*  docs@example.com @docs-owner
apps/ @octocat
/docs/ @doctocat
/scripts/ @doctocat @octocat
**/logs @logs-owner
/apps/ @octocat
/apps/github
/apps/github/team @team-owner
`;

describe('GitHub\'s own example', () => {
  test.each<[string, readonly string[]]>([
    ['README.md', ['global-owner1', 'global-owner2']], ['src/deep/a.js', ['js-owner']], ['a.go', []], ['notes/a.txt', ['octo-org/octocats']], ['build/logs/x', ['logs-owner']], ['sub/build/logs/x', ['logs-owner']],
    ['docs/a', ['doctocat']], ['docs/b/c', ['doctocat']], ['other/apps/x', ['octocat']], ['scripts/x', ['doctocat', 'octocat']], ['deeply/nested/logs', ['logs-owner']], ['apps/x', ['octocat']], ['apps/github/x', []], ['apps/github/team/x', ['team-owner']],
  ])('%s', (path, owners) => {
    expect(ownersIn(DOCUMENTED, path)).toEqual(owners);
  });
});

test.each<[string, string, boolean]>([
  ['*', 'a/b/c', true], ['**', 'a', true], ['/*', 'a', true], ['/*', 'a/b', false], ['/', 'a/b', true], ['docs/*', 'docs/a', true], ['docs/*', 'docs/a/b', false], ['docs/*', 'x/docs/a', false], ['docs', 'x/docs/a', true], ['docs/', 'docs', false], ['docs/', 'x/docs/a/b', true],
  ['docs/**', 'docs/a/b', true], ['docs/**', 'docs', false], ['**/docs', 'docs/a', true], ['a/**/b', 'a/b', true], ['a/**/b', 'a/x/y/b', true], ['a/**/b', 'a/x/yb', false], ['a/**/b/**/c', 'a/b/x/b/c', true], ['a?c', 'abc', true], ['a?c', 'a/c', false], ['*.js', 'x.js/y', true], ['*.JS', 'a.js', false],
  ['a*b*c', 'x/aXbYbZc', true], ['a*b*c', 'aXbYb', false], ['my\\ file', 'my file', true], ['.github/', '.github/CODEOWNERS', true], ['/a//b', 'a/b', false], ['__proto__', '__proto__', true],
])('%s on %s: %s', (pattern, path, isOwned) => {
  expect(ownersIn(`${pattern} @x`, path)).toEqual(isOwned ? ['x'] : []);
});

describe('a line', () => {
  test.each([['!a @y'], ['[ab] @y'], ['a @y and more'], ['a y'], ['a @'], ['# a @y'], ['a @x/y/z'], [`${'a'.repeat(600)} @y`]])('that GitHub does not understand is skipped: %s', (line) => {
    expect(ownersIn(`* @x\n${line}`, 'a')).toEqual(['x']);
  });

  it('without owners, or with e-mails only, takes the path away from those before it', () => {
    expect(ownersIn('* @x\na', 'a')).toEqual([]);
    expect(ownersIn('* @x\na a@example.org', 'a')).toEqual([]);
  });

  it('may end as Windows ends it', () => {
    expect(ownersIn('* @x\r\na @y\r\n', 'a')).toEqual(['y']);
  });
});

describe('whom to ask', () => {
  const rules = parseCodeOwners('a @Ada @org/core\nb @bob @ADA\n');

  it('are the owners of all paths, each once, users and teams apart', () => {
    expect(reviewersOf(['a', 'b'], rules, 'eve', [])).toEqual({ users: ['ADA', 'bob'], teams: ['org/core'] });
  });

  it('is never the author, in whatever case', () => {
    expect(reviewersOf(['b'], rules, 'ada', ['@eve'])).toEqual({ users: ['bob'], teams: [] });
    expect(reviewersOf(['c'], rules, 'EVE', ['@eve', '@org/leads', 'e@example.org'])).toEqual({ users: [], teams: ['org/leads'] });
  });

  it('is whoever is configured where nobody owns the paths', () => {
    expect(reviewersOf(['c'], rules, 'x', ['@eve'])).toEqual({ users: ['eve'], teams: [] });
    expect(reviewersOf(['b'], parseCodeOwners('* @eve'), 'eve', ['@bob'])).toEqual({ users: ['bob'], teams: [] });
  });

  it('are no more than a pull request takes', () => {
    const many = Array.from({ length: 40 }, (_, at) => `@user${at}`).join(' ');
    expect(reviewersOf(['a'], parseCodeOwners(`* ${many}`), 'x', []).users).toHaveLength(15);
  });

  it('is decided within bounds, however the file is made', () => {
    const hostile = `* @last\n${`${'*a'.repeat(120)}b/${'**/a/'.repeat(50)}b @x\n`.repeat(5000)}`;
    expect(reviewersOf([`${'a'.repeat(200)}/`.repeat(20) + 'c'], parseCodeOwners(hostile.slice(0, OWNERS_FILE_CHARS_MAX)), 'x', ['@eve']).users).toHaveLength(1);
    expect(parseCodeOwners('* @x\n'.repeat(OWNERS_FILE_CHARS_MAX))).toEqual([]);
  });
});

test('any pattern agrees with a regular expression that says the same', () => {
  const name = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 3 });
  const segment = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), minLength: 1, maxLength: 4 }).map((text) => text.replaceAll('**', '*'));
  const pattern = fc.array(fc.oneof({ weight: 3, arbitrary: segment }, fc.constant('**')), { minLength: 1, maxLength: 5 }).map((parts) => `/${parts.join('/')}`);
  const path = fc.array(name, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('/'));
  fc.assert(fc.property(pattern, path, (pattern, path) => {
    expect(ownersIn(`${pattern} @x`, path).length > 0).toBe(asRegExp(pattern).test(`${path}/`));
  }), { numRuns: 3000 });
});

/** Slow and simple, of anchored patterns only; for a path that ends with a slash. */
function asRegExp(pattern: string): RegExp {
  const segments = pattern.slice(1).split('/');
  const source = segments.map((segment) => segment === '**' ? '(?:[^/]+/)*' : `${segment.replaceAll('*', '[^/]*').replaceAll('?', '[^/]')}/`).join('');
  const below = segments.at(-1) === '**' ? '[^/]+/' : segments.at(-1) === '*' ? '' : '(?:[^/]+/)*';
  return new RegExp(`^${source}${below}$`);
}

function ownersIn(file: string, path: string): readonly string[] {
  const { users, teams } = reviewersOf([path], parseCodeOwners(file), '', []);
  return [...users, ...teams];
}
