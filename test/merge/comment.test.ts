// What comments ask: answers and commands among quotes, code, e-mails and hostile text.
import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { COMMENT_CHARS_MAX, readComment, type Asked, type OpenQuestion } from '../../src/merge/comment.ts';

const ID = 'bbbbbbbbbbb2';
const ONE: OpenQuestion = { id: ID, conflictCount: 1, offered: ['A', 'B'] };
const THREE: OpenQuestion = { id: ID, conflictCount: 3, offered: ['A', 'B', 'C'] };

describe('an answer', () => {
  test.each<[string, string]>([
    ['a letter', 'B'], ['a small one', 'b'], ['in brackets', '[B]'], ['in bold', '**B**'], ['as code', '`B`'], ['with a full stop', 'B.'], ['with spaces around', '  B  '],
    ['between prose', 'I looked at both.\r\n\r\nB\r\n\r\nThanks!'], ['twice the same', 'B\n\n[B]'], ['as a command', '/maestro decide B'], ['as a command in capitals', '/Maestro Decide b'],
    ['below a quote', '> [A] or [B]?\n\nB'], ['above a quoted e-mail', 'B\n\nOn Sat, Nov 28, 2026 at 5:00 maestro[bot] wrote:\n\n> [A] Keep main\n> /maestro decide A'],
    ['above a signature', 'B\n\n-- \nA\n'], ['above an unquoted original', 'B\n\n-----Original Message-----\n\nA\n/maestro decide A'], ['beside code', 'B\n\n```\nA\n/maestro cancel\n```'],
    ['beside an HTML comment', '<!--\nA\n-->\nB'], ['with a no-break space', '/maestro\u00a0decide B'],
  ])('%s', (_, body) => {
    expect(asked(body)).toEqual({ kind: 'answer', of: null, letters: 'B' });
  });

  test.each<[string, string | null, string]>([['ABB', null, 'ABB'], ['a b b', null, 'ABB'], ['[A] [B] [B]', null, 'ABB'], ['C', null, 'C'], ['/maestro decide A B B', null, 'ABB'], [`/maestro decide ${ID} ABB`, ID, 'ABB'], ['/maestro decide bbbb b', 'bbbb', 'B'], ['/maestro decide feature/x A', 'feature/x', 'A']])('%s, of three conflicts', (body, of, letters) => {
    expect(asked(body, THREE)).toEqual({ kind: 'answer', of, letters });
  });

  it('of another question is not measured by the one that is open here', () => {
    expect(asked('/maestro decide 3fa4c0de ABBA', ONE)).toEqual({ kind: 'answer', of: '3fa4c0de', letters: 'ABBA' });
    expect(asked('/maestro decide 3fa4c0de B', null)).toEqual({ kind: 'answer', of: '3fa4c0de', letters: 'B' });
  });
});

describe('H1: nothing is asked by', () => {
  test.each<[string, string]>([
    ['a quoted answer', '> B'], ['a quoted command', '> /maestro pause'], ['a fenced one', '```\nB\n```'], ['a fence nobody closes', '~~~\n/maestro pause'], ['indented code', 'see\n\n    /maestro pause'],
    ['inline code', '`/maestro pause`'], ['a hidden one', '<!--\n/maestro pause\n-->'], ['one hidden within a paragraph', 'Looks good <!--\n/maestro pause\n-->'], ['a command within a sentence', 'Try /maestro pause'],
    ['a list', '- /maestro pause'], ['another bot\'s command', '/merge'], ['a longer word', '/maestros pause'], ['a struck letter', '~~B~~'], ['a sentence with A', 'A good point, but the cache needs a bound'], ['a question', 'A or B?'], ['a signature', '-- \nB'], ['nothing', ''],
    ['more text than GitHub takes', `/maestro pause\n${'x'.repeat(COMMENT_CHARS_MAX)}`],
  ])('%s', (_, body) => {
    expect(asked(body)).toEqual({ kind: 'none' });
  });

  it('a bare letter where no question is open', () => {
    expect(asked('B', null)).toEqual({ kind: 'none' });
  });

  it('a machine, be it a bot, an agent or Maestro itself', () => {
    expect(readComment({ body: '/maestro decide B', speaker: 'machine', edit: false }, ONE)).toEqual({ kind: 'none' });
  });
});

describe('H1: it is unclear', () => {
  test.each<[string, string, string]>([
    ['two answers', 'A\n\nB', 'different answers'], ['two marked answers', '[A]\r\n[B]', 'different answers'], ['both on one line', '[A] [B]', 'one conflict'], ['an answer and a command', 'B\n/maestro pause', 'several things'],
    ['two commands', '/maestro pause\n/maestro status', 'several things'], ['a letter that is not offered', 'C', 'not offered'], ['more letters than conflicts', 'ABB', 'one conflict'], ['no letter', '/maestro decide', 'decide B'],
    ['a polite answer', 'B please', 'nothing but B'], ['an answer in a sentence', 'I choose B.', 'nothing but B'], ['a marked one with a remark', '[A] looks right', 'nothing but A'], ['a polite command', '/maestro decide B please', 'decide B'],
    ['right below a quote', '> [A] or [B]?\nB', 'empty line'], ['a wrapped quote', '> comment `B` or\n/maestro decide B', 'empty line'], ['an invisible character', 'B\u200b', 'invisible'], ['a reversed line', '\u202eB', 'invisible'], ['a full-width letter', 'Ｂ', 'look-alike'], ['a Cyrillic letter', 'В', 'look-alike'],
    ['an invisible command', '/maestro\u2063 pause', 'invisible'], ['a line separator', '/maestro pause\u2028main', 'invisible'], ['an endless command', `/maestro pause ${'x'.repeat(2000)}`, 'longer'],
    ['a needed name', '/maestro rollback', 'rollback ID'], ['a name too many', '/maestro status main', 'status'], ['two names', '/maestro retry a b', 'too many'], ['a dry run of what has none', '/maestro retry --dry-run', 'too many'], ['what is no name', '/maestro pause +main', 'neither'], ['an option', '/maestro pause --all', 'neither'],
  ])('%s', (_, body, why) => {
    expect(asked(body)).toEqual({ kind: 'unclear', why: expect.stringContaining(why) });
  });

  it('to change a comment, whatever it said; a harmless edit says nothing', () => {
    expect(readComment({ body: 'A', speaker: 'person', edit: true }, ONE)).toEqual({ kind: 'unclear', why: 'an edited comment changes nothing; write a new one' });
    expect(readComment({ body: 'typo fixed', speaker: 'person', edit: true }, ONE)).toEqual({ kind: 'none' });
  });

  it('to answer where no question is open', () => {
    expect(asked('/maestro decide B', null)).toEqual({ kind: 'unclear', why: expect.stringContaining('no question is open') });
  });
});

describe('a command', () => {
  test.each<[string, object]>([
    ['/maestro', { verb: 'help' }], ['/maestro help', { verb: 'help' }], ['/maestro status', { verb: 'status' }], ['Hello\n/maestro STATUS', { verb: 'status' }], ['/maestro explain', { verb: 'explain', of: null }], ['/maestro explain 3fa4', { verb: 'explain', of: '3fa4' }],
    ['/maestro\tretry', { verb: 'retry', of: null }], ['/maestro cancel feature/x', { verb: 'cancel', of: 'feature/x' }], ['/maestro pause', { verb: 'pause', target: null }], ['/maestro resume team/a', { verb: 'resume', target: 'team/a' }],
    ['/maestro promote team/a', { verb: 'promote', branch: 'team/a' }], ['/maestro rollback 3fa4c0de', { verb: 'rollback', of: '3fa4c0de', dryRun: false }], ['/maestro rollback 3fa4c0de --dry-run', { verb: 'rollback', of: '3fa4c0de', dryRun: true }], ['/maestro pause\r\n/maestro pause', { verb: 'pause', target: null }],
  ])('%s', (body, command) => {
    expect(asked(body)).toEqual({ kind: 'command', command });
  });

  test.each<[string, string | null]>([['staus', 'status'], ['retyr', 'retry'], ['roll-back', 'rollback'], ['decied', 'decide'], ['merge', null], ['__proto__', null], ['constructor', null]])('nobody knows: %s, perhaps %s', (word, nearest) => {
    expect(asked(`/maestro ${word}`)).toEqual({ kind: 'unknown', word, nearest });
  });
});

describe('any text', () => {
  const piece = fc.oneof(fc.constantFrom('/maestro ', 'decide ', 'B', '[A]', '\n', '\r\n', '> ', '```', '<!--', '-->', '    ', '-- ', ' ', '\u202e', '\u00a0', 'rollback '), fc.string({ unit: 'binary', maxLength: 4 }));
  const body = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));

  it('is read without a throw, and never as more than was offered', () => {
    fc.assert(fc.property(body, (body) => {
      const result = asked(body);
      if (result.kind === 'answer' && result.of === null) expect(['A', 'B']).toContain(result.letters);
    }), { numRuns: 2000 });
  });

  it('asks nothing once it is quoted, fenced or hidden', () => {
    fc.assert(fc.property(body.filter((text) => !text.includes('-->') && !text.includes('~~~')), (body) => {
      const lines = body.split(/\r\n|\r|\n/);
      expect(asked(lines.map((line) => `> ${line}`).join('\n'))).toEqual({ kind: 'none' });
      expect(asked(`~~~\n${lines.join('\n')}\n~~~`)).toEqual({ kind: 'none' });
      expect(asked(`<!--\n${lines.join('\n')}\n-->`)).toEqual({ kind: 'none' });
    }), { numRuns: 1000 });
  });

  it('comes to an end at the cap', () => {
    for (const unit of ['\n', '>', '`', '<!--', '/maestro ', 'B\n', '-', '_', '\u200b', '\ufdfa', ' ', '[A]']) asked(unit.repeat(COMMENT_CHARS_MAX / unit.length), THREE);
  });
});

function asked(body: string, question: OpenQuestion | null = ONE): Asked {
  return readComment({ body, speaker: 'person', edit: false }, question);
}
