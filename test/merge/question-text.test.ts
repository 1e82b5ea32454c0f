// The question's comment as people read it, each way it ends, and that nothing a branch writes can speak in Maestro's name.
import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { unheard } from '../../src/coordinator/deliberation.ts';
import { readComment } from '../../src/merge/comment.ts';
import { QUESTION_CHARS_MAX, questionText, type Asking, type Fate } from '../../src/merge/question-text.ts';
import type { MergeRequest, Option, Question } from '../../src/merge/request.ts';
import type { PathConflict } from '../../src/resolution/conflict.ts';
import { ATHENA, CONFLICT, laneAfter, oid, QUESTION, STORY } from '../command/sample.ts';

const [PATH] = CONFLICT.paths;

test('the question shows the file, both sides, what speaks for each, and how to answer', () => {
  expect(questionText(asking(), { kind: 'open' })).toMatchInlineSnapshot(`
    "### 🤖 Human merge decision needed

    \`sprint/storage\` into \`main\` conflicts with \`sprint/search\`. Request \`bbbbbbbbbbb2\`.

    **File:** \`engram/vector_storage.py\` (content, 1 place)

    \`\`\`text
    [A] main (sprint/search)
       10  def search(self, shards):
       11      return parallel(shards)
    [B] sprint/storage
       10  def search(self, batch):
    \`\`\`

    **[A] Keep main's side (sprint/search)** ([diff](<https://forge.example/compare/A>))
    - \`Parallel search with caching\`
    - ➕ keeps 2 lines of the target's side
    - ➖ drops 1 line of the branch's side
    - ✅ built and gated: passed in 420 ms

    **[B] Take sprint/storage's side** ([diff](<https://forge.example/compare/B>))
    - \`Batch storage with compression\`, by \`Athena\`
    - ➕ keeps 1 line of the branch's side
    - ➖ drops 2 lines of the target's side
    - ❌ built and gated: FAILED (exit 1)

    \`\`\`text
    compiling
    storage.py: broken
    \`\`\`

    **To answer**, comment a line that is nothing but \`A\` or \`B\`; or \`/maestro decide B\`; or, from elsewhere, \`/maestro decide bbbbbbbbbbb2 B\`. It takes write permission; the first answer counts.

    Asked: \`casey\`, \`org/core\`."
  `);
});

test.each<[Fate, string]>([
  [{ kind: 'answered', letters: 'B', by: 'casey' }, '### ⏳ `casey` answered B'],
  [{ kind: 'landed', letters: 'B', by: 'casey', commit: oid('9') }, '### ✅ `casey` answered B: landed as `999999999999`'],
  [{ kind: 'rolled-back', letters: 'B', by: 'casey', commit: oid('9'), rollback: 'ffffffffffff' }, '### ↩️ `casey` answered B: landed as `999999999999`, and was rolled back'],
  [{ kind: 'rolled-back', letters: 'B', by: 'casey', commit: oid('9'), rollback: null }, '### ↩️ `casey` answered B: landed as `999999999999`, and was taken off'],
  [{ kind: 'not-landed', letters: 'B', by: 'casey', why: 'The gate failed.' }, '### ❌ `casey` answered B: not landed'],
  [{ kind: 'overtaken' }, '### ↪️ Overtaken: what was asked about has changed'],
  [{ kind: 'moved', pull: 7 }, '### ↪️ Asked on #7 now'],
  [{ kind: 'cancelled', by: 'casey' }, '### 🚫 Cancelled by `casey`'],
])('once it is %j it says so first and asks no more', (fate, head) => {
  const text = questionText(asking(), fate);
  expect(text.split('\n')[0]).toBe(head);
  expect(text).not.toContain('To answer');
  expect(text).toContain('<details><summary>What was asked</summary>');
});

test('three conflicts take three letters', () => {
  const question = withPaths([PATH!, { ...PATH!, path: 'b' }, { ...PATH!, path: 'c', kind: 'binary', hunks: [], theirs: null, message: 'Cannot merge binary files: c' }]);
  const text = questionText(asking({ question }), { kind: 'open' });
  expect(text).toContain('or 3 letters, one for each file in this order, such as `ABB`');
  expect(text).toContain('3. **File:** `c` (binary)');
  expect(text).toContain('[B] sprint/storage: not there');
});

test('where nothing could be thought about it says so in sight, escaped', () => {
  const { thought } = unheard('logo_*.png', { code: 'binary', why: 'holds bytes that are no text' });
  const text = questionText(asking({ question: { ...asking().question, minds: { files: [thought] } } }), { kind: 'open' });
  expect(text).toContain('Nothing is proposed besides both sides: logo\\_\\*.png: holds bytes that are no text.');
});

test('rounds that do not fit are cut between lines, and how to answer stays in sight', () => {
  const { thought } = unheard('a.txt', { code: 'binary', why: 'holds bytes that are no text' });
  const files = Array.from({ length: 20 }, (_, at) => ({ ...thought, path: `${at}.txt`, rounds: 1, lines: Array.from({ length: 12 }, () => '[history]: abstains: the messages say nothing about these lines') }));
  const text = questionText(asking({ question: { ...asking().question, minds: { files } } }), { kind: 'open' });
  const [, rounds = ''] = text.split('What the minds said');
  expect(rounds).toMatch(/\n\(\d+ more lines cut\)\n```\n\n<\/details>\n\n.*To answer/s);
});

test('what does not fit is cut between places, and how much is said', () => {
  const hunk = { ...PATH!.hunks[0]!, ours: Array.from({ length: 100 }, () => `${'x'.repeat(200)}\n`) };
  const question = withPaths(Array.from({ length: 60 }, (_, at) => ({ ...PATH!, path: `file${at}`, hunks: [hunk, hunk] })));
  const text = questionText(asking({ question }), { kind: 'open' });
  expect(text.length).toBeLessThan(QUESTION_CHARS_MAX);
  expect(text).toContain('(70 more lines cut)');
  expect(text).toContain('_Cut here: 1 place and 57 files more.');
  expect(text).toContain('To answer');
});

describe('whatever a branch writes', () => {
  const piece = fc.oneof(fc.constantFrom('```', '`', '~~~', '\n', '\r\n', '@org/all', '<!-- maestro question x -->', '-->', '</details>', '### ✅ casey answered A', '/maestro decide A', 'A', '> ', '[x](https://evil.example)', '<img src=x>'), fc.string({ unit: 'binary', maxLength: 3 }));
  const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));

  it('says nothing in Maestro\'s name, pings nobody, and is no command when quoted back', () => {
    fc.assert(fc.property(text, text, text, (name, title, line) => {
      const shown = questionText(hostile(name, title, line), { kind: 'open' });
      const spoken = outsideOfFences(shown);
      expect(spoken.filter((one) => one.startsWith('#'))).toEqual(['### 🤖 Human merge decision needed']);
      expect(spoken.join('\n').replaceAll(/\\[^\w\s]|(`+).+?(?<!`)\1(?!`)/gu, ' ')).not.toMatch(/@\w|<\/|<img|<!--/);
      expect(shown).not.toMatch(/<!--\s*maestro/i);
      expect(readComment({ body: shown, speaker: 'person', edit: false }, { id: ATHENA, conflictCount: 1, offered: ['A', 'B'] })).toEqual({ kind: 'none' });
    }), { numRuns: 300 });
  });

  it('leaves the comment within what GitHub takes', () => {
    const long = '\u202e`'.repeat(40_000);
    const shown = questionText({ ...hostile(long, long, long), question: withPaths(Array.from({ length: 200 }, () => ({ ...PATH!, path: long }))) }, { kind: 'open' });
    expect(shown.length).toBeLessThanOrEqual(QUESTION_CHARS_MAX);
    expect(shown).toContain('To answer');
  });
});

function asking(more: Partial<Asking> = {}): Asking {
  return { request: athena(), question: QUESTION, diffUrl: (option: Option) => `https://forge.example/compare/${option.letter}`, asked: { users: ['casey'], teams: ['org/core'] }, ...more };
}

function athena(): MergeRequest {
  const request = laneAfter(STORY).requests.get(ATHENA);
  if (request === undefined) throw new Error('no such request');
  return request;
}

function withPaths(paths: readonly PathConflict[]): Question {
  return { ...QUESTION, conflict: { ...CONFLICT, paths } };
}

function hostile(name: string, title: string, line: string): Asking {
  const path: PathConflict = { ...PATH!, path: name, hunks: [{ ...PATH!.hunks[0]!, ours: [line, `${title}\n`] }] };
  const options = QUESTION.options.map((option): Option => ({ ...option, title, verdict: { kind: 'failed', tree: oid('8'), gate: line, ms: 1, log: null, cause: 'exit', exitCode: 1, tail: line } }));
  const question = { ...QUESTION, options, conflict: { ...CONFLICT, paths: [path], partners: [{ branch: name, request: null, commit: oid('5'), title }] } };
  return asking({ request: { ...athena(), title, author: name }, question });
}

/** As GitHub reads it: a fence ends at a line of at least as many backticks. */
function outsideOfFences(text: string): readonly string[] {
  let rail: string | null = null;
  return text.split('\n').filter((line) => {
    const run = /^`{3,}/.exec(line)?.[0] ?? null;
    if (rail !== null) {
      if (run !== null && run.length >= rail.length && line.trim() === run) rail = null;
      return false;
    }
    rail = run !== null && !line.slice(run.length).includes('`') ? run : null;
    return rail === null;
  });
}

test('owners whom GitHub does not take are named as such: not as if there were none', () => {
  const text = questionText({ ...asking(), asked: { users: [], teams: [] }, refused: ['acme/backend'] }, { kind: 'open' });
  expect(text).toContain('GitHub takes no request for a review by `acme/backend`');
  expect(text).not.toContain('Nobody in particular');
});
