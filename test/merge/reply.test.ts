// What Maestro answers in comments, as whole texts, and that none of it speaks for anybody else.
import { describe, expect, it, test } from 'vitest';
import { readComment } from '../../src/merge/comment.ts';
import { doneText, helpText, refusalText, taskText, type Done, type Refusal } from '../../src/merge/reply.ts';
import type { RefactorTask } from '../../src/merge/request.ts';
import { explanationText, statusText, type LaneShown } from '../../src/merge/standing-text.ts';
import { adviceOn } from '../../src/merge/reason.ts';
import { isOpen } from '../../src/merge/request.ts';
import { AT_MS, laneAfter, NUMA, STORY } from '../command/sample.ts';

const GAP = '\u200b';

test('the status is a table of each lane', () => {
  expect(statusText([lane()], null)).toMatchInlineSnapshot(`
    "**\`main\`** at \`555555555555\`, 1 open request

    | # | Request | Branch | State | Waits for |
    |---|---|---|---|---|
    | 1 | \`bbbbbbbbbbb2\` | \`sprint/storage\` | needs a decision | an answer: @​casey \\| /maestro decide b2 A\\|B |"
  `);
});

test('a lane that stands still says why and what goes on', () => {
  const text = statusText([{ ...lane(), open: [], pausedBy: 'casey', alarm: { kind: 'rewound', detail: 'The target moved back.' } }], 'the remote does not answer');
  expect(text).toContain('**Trouble:** the remote does not answer');
  expect(text).toContain('Stands still (rewound): The target moved back. Once that is as it should be, comment `/maestro resume main`.');
  expect(text).toContain('Paused by `casey`; `/maestro resume main` goes on.');
});

test('five hundred open requests fit into one comment', () => {
  const [one] = lane().open;
  const open = Array.from({ length: 500 }, (_, position) => ({ ...one!, position, waitsFor: '@a|b'.repeat(1000) }));
  const text = statusText(Array.from({ length: 100 }, () => ({ ...lane(), open })), null);
  expect(text.length).toBeLessThan(60_000);
  expect(text).toContain('and 460 more');
});

test('an explanation tells cause, next step and story', () => {
  const request = laneAfter(STORY).requests.get(NUMA)!;
  const advice = request.phase.state === 'rejected' ? adviceOn(request.phase.reason) : null;
  expect(explanationText({ request, position: null, waitsFor: 'nothing', advice, suspectedBy: [], story: [{ atMs: AT_MS, text: 'queued: ```\n@all' }] })).toMatchInlineSnapshot(`
    "\`sprint/api\` into \`main\`, request \`ccccccccccc3\`: \`Streaming answers\`

    - **State:** rejected
    - **Cause:** The gate failed on the merge of this branch; it may fail only together with sprint/search (both changed engram/vector\\_storage.py).
    - **Next, the author's turn:** Fix the branch, then push a new marked commit.

    \`\`\`text
    compiling
    storage.py: broken
    \`\`\`

    <details><summary>How it came here</summary>

    \`\`\`\`text
    2026-01-02T03:04:05Z  queued: \`\`\`\\u{a}@all
    \`\`\`\`

    </details>"
  `);
});

test.each<[Done, string]>([
  [{ kind: 'answered', id: 'b2', letters: 'ABB', by: 'casey' }, '✅ `casey` answered ABB to `b2`. It is merged and gated, and lands if that is green.'],
  [{ kind: 'retried', id: 'b2', branch: 'x' }, '✅ `x` is queued again as `b2`.'],
  [{ kind: 'cancelled', id: 'b2', branch: 'x' }, '✅ `x` (`b2`) is cancelled. `/maestro retry b2` queues it again.'],
  [{ kind: 'promoted', id: 'b2', branch: 'x' }, '✅ `x` is queued for promotion as `b2`.'],
  [{ kind: 'paused', lanes: ['main', 'team/a'], inFlight: 1 }, '⏸️ Paused: `main`, `team/a`. 1 step under way may still end. `/maestro resume` goes on.'],
  [{ kind: 'resumed', lanes: ['main'] }, '▶️ Going on: `main`.'],
  [{ kind: 'rolling-back', id: 'b2', rollback: 'c3', clean: true, conflictPaths: [], dependents: [] }, '✅ `b2` is being rolled back by `c3`, which is gated like any merge.'],
  [{ kind: 'rolling-back', id: 'b2', rollback: null, clean: false, conflictPaths: ['a'], dependents: [{ id: 'd4', branch: 'y', why: 'both changed a' }] }, 'A rollback of `b2` would be in conflict. Nothing was changed.\n\nLater work changed `a`.\n\nLater landings that lean on it:\n\n- `d4` `y`: both changed a'],
])('what was done is said: %j', (done, text) => {
  expect(doneText(done)).toBe(text);
});

test.each<[Refusal, string]>([
  [{ kind: 'no-permission', login: 'eve', needed: 'write' }, '❌ Nothing was done: this takes write permission on this repository, which `eve` does not have.'],
  [{ kind: 'unknown-id', id: '@x' }, '❌ Nothing is known of `@x`. `/maestro status` lists what is open.'],
  [{ kind: 'moved-on', id: 'b2' }, '❌ Nothing was done: `b2` has moved on since it was asked about. Where it still conflicts, it is asked again.'],
  [{ kind: 'answered-before', id: 'b2', letters: 'B', by: 'casey' }, '❌ Nothing was done: `casey` answered B to `b2` first.'],
  [{ kind: 'unclear', why: 'it gives different answers; give one' }, '❔ Nothing was done: it gives different answers; give one.'],
  [{ kind: 'unknown-word', word: 'staus', nearest: 'status' }, '❔ Nothing was done: there is no command `staus`. If you meant status, write `/maestro status`. `/maestro help` lists them.'],
  [{ kind: 'unknown-word', word: '@org/all', nearest: null }, '❔ Nothing was done: there is no command `@org/all`. `/maestro help` lists them.'],
  [{ kind: 'failed', message: 'b2 (@x) is landed; there is nothing to retry', next: '`maestro rollback b2`' }, `❌ b2 (@${GAP}x) is landed; there is nothing to retry\n\n**Next:** \`/maestro rollback b2\``],
])('what was refused is said: %j', (refusal, text) => {
  expect(refusalText(refusal)).toBe(text);
});

describe('a refactor task', () => {
  const task: RefactorTask = { id: 't1', request: NUMA, branch: 'sprint/search', author: 'Apollo <apollo@example.org>', path: 'a.ts', text: 'In a.ts the side of sprint/storage was kept.', patch: '--- a/a.ts\n+++ b/a.ts\n@@ -1 +1 @@\n-a\n+\tb\n', atMs: AT_MS };

  it('shows the dropped lines as a patch that applies', () => {
    expect(taskText(task)).toMatchInlineSnapshot(`
      {
        "body": "### 🔧 Refactor task for \`sprint/search\`

      In a.ts the side of sprint/storage was kept.

      After the decision on \`ccccccccccc3\`, in \`a.ts\`; the work was \`Apollo\`'s. The other side has landed; nothing is broken.

      **What was dropped:**

      \`\`\`diff
      --- a/a.ts
      +++ b/a.ts
      @@ -1 +1 @@
      -a
      +	b
      \`\`\`",
        "title": "Refactor a.ts after the decision on ccccccccccc3",
      }
    `);
  });

  it('is cut after a whole hunk where it is too long, and says so', () => {
    const hunk = (at: number): string => `@@ -${at} +${at} @@\n-a\n+${'\u0001'.repeat(1000)}\n`;
    const { body } = taskText({ ...task, patch: `--- a/a.ts\n+++ b/a.ts\n${Array.from({ length: 20 }, (_, at) => hunk(at)).join('')}` });
    expect(body.length).toBeLessThan(65_000);
    const shown = body.match(/^@@ /gm)?.length ?? 0;
    expect(shown).toBeGreaterThan(5);
    expect(body).toContain(`\\u{1}\n\`\`\`\n\n_Cut here: ${20 - shown} more hunks; \`maestro inbox --json\` has all of it._`);
    expect(taskText({ ...task, patch: '\u0001'.repeat(32_000) }).body).toContain('_The patch is too long for this page: 1 more hunk;');
  });

  it('keeps a blank line at the end of its patch', () => {
    expect(taskText({ ...task, patch: '@@ -1,2 +1,2 @@\n-a\n+b\n \n' }).body).toContain('+b\n \n```');
  });
});

test('help names every command', () => {
  expect(helpText()).toMatchInlineSnapshot(`
    "| What it does | How to write it |
    |---|---|
    | answers a question; on its own pull request a line with nothing but the letter will do | \`/maestro decide B\`, or \`/maestro decide ID ABB\` with one letter for each conflict |
    | what is queued, in which order, and what it waits for | \`/maestro status\` |
    | why this branch waits or was refused | \`/maestro explain\`, or \`/maestro explain ID\` |
    | queues the same commit again | \`/maestro retry\`, or \`/maestro retry ID\` |
    | takes this branch out of the queue | \`/maestro cancel\`, or \`/maestro cancel ID\` |
    | starts nothing more, on one target or on all | \`/maestro pause\`, or \`/maestro pause TARGET\` |
    | goes on | \`/maestro resume\`, or \`/maestro resume TARGET\` |
    | moves a target on into the next one | \`/maestro promote BRANCH\` |
    | undoes a landing by a commit of its own; the dry run only shows what leans on it | \`/maestro rollback ID\`, or \`/maestro rollback ID --dry-run\` |
    | this list | \`/maestro help\` |"
  `);
});

test('no answer of Maestro\'s is a command when somebody quotes it without a mark', () => {
  const texts = [helpText(), statusText([lane()], null), refusalText({ kind: 'unclear', why: '/maestro pause' }), doneText({ kind: 'resumed', lanes: ['A'] })];
  for (const body of texts) expect(readComment({ body, speaker: 'person', edit: false }, { id: NUMA, conflictCount: 1, offered: ['A'] })).toEqual({ kind: 'none' });
});

function lane(): LaneShown {
  const requests = [...laneAfter(STORY).requests.values()].filter(isOpen);
  return { target: 'main', tip: '5'.repeat(40), pausedBy: null, alarm: null, open: requests.map((request, position) => ({ request, position, waitsFor: 'an answer: @casey | maestro decide b2 A|B' })) };
}
