// What people read, as whole texts: each rendering of the seeds' story.
import { describe, expect, test } from 'vitest';
import { explanationLines } from '../../src/command/render/explanation.ts';
import { inboxLines } from '../../src/command/render/inbox.ts';
import { line, paint, type Line } from '../../src/command/render/line.ts';
import { questionBox } from '../../src/command/render/question.ts';
import { sidesOf } from '../../src/command/render/sides.ts';
import { statusLines } from '../../src/command/render/status.ts';
import { countBatch, NOTHING_YET, summaryLines, summaryOf } from '../../src/command/render/tally.ts';
import { timeline } from '../../src/command/render/timeline.ts';
import { cut, fit, widthOf, wrap } from '../../src/command/render/width.ts';
import type { LedgerEvent } from '../../src/merge/event.ts';
import { suspectedBy } from '../../src/coordinator/explain.ts';
import { adviceOn } from '../../src/merge/reason.ts';
import { isOpen, type MergeRequest, type RequestId } from '../../src/merge/request.ts';
import { duration } from '../../src/merge/wording.ts';
import type { Status } from '../../src/port/control.ts';
import { unheard } from '../../src/coordinator/deliberation.ts';
import { APOLLO, AT_MS, ATHENA, CONFLICT, ENDING, laneAfter, NUMA, oid, QUESTION, requested, STORY } from './sample.ts';

describe('the timeline', () => {
  test('tells the story up to the question', () => {
    expect(told(STORY.slice(0, -1))).toMatchInlineSnapshot(`
      "[Merge Coordinator] Detected 3 branches ready for merge into main:
      - sprint/search
      - sprint/storage
      - sprint/api
      [Merge Coordinator] Processing sprint/search...
      … sprint/storage waits: it conflicts in engram/vector_storage.py with sprint/search, which has not landed yet
      ✓ Clean merge to main: sprint/search  (aaaaaaaaaaa1, gate passed in 420 ms)
      [Merge Coordinator] Processing sprint/storage...
      ✗ CONFLICT in engram/vector_storage.py (with sprint/search)
      [Merge Coordinator] Processing sprint/api...
      ✗ Gate failed on sprint/api (exit 1): sh check.sh
      ✗ sprint/api does not land (gate-failed): The gate failed on the merge of this branch; it may fail only together with sprint/search (both changed engram/vector_storage.py).
        | compiling
        | storage.py: broken
        whole log: /state/gate/1.log
        the author's turn: Fix the branch, then push a new marked commit."
    `);
  });

  test('tells the answer, the task and the landing', () => {
    expect(told(ENDING, STORY)).toMatchInlineSnapshot(`
      "[Merge Coordinator] Applying human decision for sprint/storage: B (Casey)
      [Merge Coordinator] Creating refactor task for sprint/search:
      "In engram/vector_storage.py the side of sprint/storage was kept."
      [Merge Coordinator] Processing sprint/storage...
      ✓ Merge complete, landed on main: sprint/storage  (bbbbbbbbbbb2, gate passed in 420 ms)"
    `);
  });

  test('says that a lane stands still, and what to do', () => {
    expect(told([[{ kind: 'stopped', atMs: AT_MS, alarm: { kind: 'rewound', detail: 'The target moved back.' } }, { kind: 'paused', atMs: AT_MS, by: 'Casey', all: false }]])).toMatchInlineSnapshot(`
      "✗ main stands still (rewound): The target moved back.
        next: maestro resume main, once that is as it should be
      [Merge Coordinator] main is paused by Casey; maestro resume main goes on"
    `);
  });

  test('lets nothing from a branch reach the terminal as a command', () => {
    const evil = told([[requested(APOLLO, 'x', '\u001b[2Jgone\u202e', 'A\u0007')], [{ kind: 'rejected', atMs: AT_MS, id: APOLLO, reason: { code: 'gate-failed', tail: 'a\rb\u001b]0;t\u0007', log: null, exitCode: 1, suspects: [] } }]]);
    // oxlint-disable-next-line no-control-regex -- exactly what must not come through
    expect(evil).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });
});

describe('the question', () => {
  test('stands in a box with what speaks for and against each side', () => {
    expect(plain(questionBox(requestOf(ATHENA), QUESTION, 80))).toMatchInlineSnapshot(`
      "╔══════════════════════════════════════════════════════════════════════════════╗
      ║                        🤖 HUMAN MERGE DECISION NEEDED                        ║
      ╠══════════════════════════════════════════════════════════════════════════════╣
      ║ sprint/storage into main, request bbbbbbbbbbb2                               ║
      ║ conflicts with sprint/search                                                 ║
      ║                                                                              ║
      ║ File: engram/vector_storage.py (content, 1 place)                            ║
      ║   line 10: def search(self, shards): | def search(self, batch):              ║
      ║                                                                              ║
      ║ [A] Keep main's side (sprint/search)                                         ║
      ║     Parallel search with caching                                             ║
      ║     + Pros: keeps 2 lines of the target's side                               ║
      ║     + gate passed in 420 ms                                                  ║
      ║     - Cons: drops 1 line of the branch's side                                ║
      ║                                                                              ║
      ║ [B] Take sprint/storage's side                                               ║
      ║     Batch storage with compression, by Athena <athena@example.org>           ║
      ║     + Pros: keeps 1 line of the branch's side                                ║
      ║     - Cons: drops 2 lines of the target's side                               ║
      ║     - gate FAILED (exit 1)                                                   ║
      ║     - | compiling                                                            ║
      ║     - | storage.py: broken                                                   ║
      ║                                                                              ║
      ║ Answer: maestro decide bbbbbbbbbbb2 A|B --question f79f4299                  ║
      ╚══════════════════════════════════════════════════════════════════════════════╝"
    `);
  });

  test('the box is straight at every width', () => {
    for (const columns of [40, 60, 80, 200]) {
      const widths = questionBox(requestOf(ATHENA), QUESTION, columns).map((row) => widthOf(row.text));
      expect(new Set(widths).size).toBe(1);
    }
  });

  test('shows both sides next to each other on a wide terminal', () => {
    expect(plain(sidesOf(requestOf(ATHENA), CONFLICT, 120))).toMatchInlineSnapshot(`
      "engram/vector_storage.py  (content)
      [A] main (sprint/search)                                   │ [B] sprint/storage
         10  def search(self, shards):                           │    10  def search(self, batch):
         11      return parallel(shards)                         │
      "
    `);
  });

  test('shows both sides under each other on a narrow one', () => {
    expect(plain(sidesOf(requestOf(ATHENA), CONFLICT, 80))).toMatchInlineSnapshot(`
      "engram/vector_storage.py  (content)
        [A] main (sprint/search)
         10  def search(self, shards):
         11      return parallel(shards)
        [B] sprint/storage
         10  def search(self, batch):
      "
    `);
  });

  test('names what has no lines', () => {
    const conflict = { ...CONFLICT, paths: [{ path: 'logo.png', kind: 'binary', base: null, ours: { mode: '100644', oid: oid('2') }, theirs: null, hunks: [], message: 'Cannot merge binary files: logo.png' } as const] };
    expect(plain(sidesOf(requestOf(ATHENA), conflict, 80))).toMatchInlineSnapshot(`
      "logo.png  (binary)
        Cannot merge binary files: logo.png
        [A] main (sprint/search): 222222222222, mode 100644
        [B] sprint/storage: not there
      "
    `);
  });

  test('says where each side has a file that was added to a folder the other one renamed: neither drops it', () => {
    const side = { mode: '100644', oid: oid('2') };
    const moved = (ours: typeof side | null, theirs: typeof side | null) => plain(sidesOf(requestOf(ATHENA), { ...CONFLICT, paths: [{ path: 'new/c', also: ['old/c'], kind: 'directory-rename', base: null, ours, theirs, hunks: [], message: '' }] }, 80));
    expect(moved(null, side)).toContain('[A] main (sprint/search): moves it to new/c\n  [B] sprint/storage: leaves it at old/c');
    expect(moved(side, null)).toContain('[A] main (sprint/search): leaves it at old/c\n  [B] sprint/storage: moves it to new/c');
  });
});

test('of a text whose lines were not worked out it is said how to see them', () => {
  const path = { path: 'a.txt', kind: 'content', base: null, ours: { mode: '100644', oid: oid('2') }, theirs: { mode: '100644', oid: oid('3') }, hunks: [], message: 'Merge conflict in a.txt' } as const;
  expect(plain(sidesOf(requestOf(ATHENA), { ...CONFLICT, paths: [path] }, 80))).toContain('  after git fetch: git diff 222222222222 333333333333');
});

test('the status is a table of lanes', () => {
  expect(plain(statusLines(status(), AT_MS + 90_000, 100))).toMatchInlineSnapshot(`
    "Maestro  running for 1 min 30 s  /srv/engram.git

    main  555555555555  1 open request
      #  ID            BRANCH          STATE     AGE  WAITS FOR
      1  bbbbbbbbbbb2  sprint/storage  asks you  1m   an answer: maestro decide bbbbbbbbbbb2 A|B
      ✗ rejected (gate-failed)  sprint/api  ccccccccccc3  1m ago
      ✓ landed  sprint/search  aaaaaaaaaaa1  1m ago"
  `);
});

test('the status says what stands still and who paused it', () => {
  const lanes = status().lanes.map((lane) => ({ ...lane, pausedBy: 'Casey', alarm: { kind: 'diverged', detail: 'It moved sideways.' } as const, open: [], closed: [] }));
  expect(plain(statusLines({ ...status(), running: false, trouble: 'the remote does not answer', lanes }, AT_MS, 100, 'read from the ledger'))).toMatchInlineSnapshot(`
    "Maestro  not running  /srv/engram.git
    read from the ledger
    trouble: the remote does not answer

    main  555555555555  0 open requests
      stands still (diverged): It moved sideways.
      next: maestro resume main, once that is as it should be
      paused by Casey; next: maestro resume main

    Nothing is queued. A push whose last commit says READY_TO_MERGE starts a merge."
  `);
});

test('an explanation says whose turn it is', () => {
  const request = requestOf(NUMA);
  if (request.phase.state !== 'rejected') throw new Error('the sample changed');
  const found = { request, position: null, waitsFor: 'nothing', advice: adviceOn(request.phase.reason), suspectedBy: [], story: [{ atMs: AT_MS, text: 'queued: Streaming answers' }] };
  expect(plain(explanationLines(found, 80))).toMatchInlineSnapshot(`
    "sprint/api into main  ccccccccccc3
      "Streaming answers" by Numa <numa@example.org>, commit dddddddddddd
      state      rejected
      why        The gate failed on the merge of this branch; it may fail only together with sprint/search (both changed engram/vector_storage.py).
      next       Fix the branch, then push a new marked commit. (the author's turn)
      | compiling
      | storage.py: broken
      whole log: /state/gate/1.log

      2026-01-02 03:04:05Z  queued: Streaming answers"
  `);
});

test('an explanation of a question tells the rounds that were held before it, as start did', () => {
  const { thought } = unheard('a.json', { code: 'unread', why: 'took too long' });
  const asking: MergeRequest = { ...requestOf(ATHENA), phase: { state: 'escalated', question: { ...QUESTION, minds: { files: [{ ...thought, lines: ['Round 1', '[ladder]: C is likely', 'Confidence: 72% (below threshold)'] }] } } } };
  const found = { request: asking, position: 0, waitsFor: 'an answer', advice: null, suspectedBy: [], story: [] };
  expect(plain(explanationLines(found, 80))).toContain('\n  what the minds said of a.json\n  Round 1\n  [ladder]: C is likely\n  Confidence: 72% (below threshold)\n');
});

test('an explanation says whose red gate points at it', () => {
  const found = { request: requestOf(APOLLO), position: null, waitsFor: 'nothing', advice: null, suspectedBy: suspectedBy(requestOf(APOLLO), laneAfter(STORY)), story: [] };
  expect(plain(explanationLines(found, 80))).toContain('sprint/api failed its gate and may fail only together with this');
});

test('the inbox lists questions, then what was rejected, then tasks with their patch', () => {
  const { tasks } = laneAfter([...STORY, ...ENDING]);
  expect(plain(inboxLines({ questions: [requestOf(ATHENA)], rejected: [requestOf(NUMA)], takenOff: [], tasks, collisions: [] }, true, AT_MS + 65_000))).toMatchInlineSnapshot(`
    "1 open question
      sprint/storage into main against sprint/search, asked 1m ago
        in engram/vector_storage.py
          line 10: def search(self, shards): | def search(self, batch):
        maestro decide bbbbbbbbbbb2 A|B --question f79f4299
    1 rejected request
      sprint/api into main by Numa <numa@example.org>, ccccccccccc3, 1m ago
        The gate failed on the merge of this branch; it may fail only together with sprint/search (both changed engram/vector_storage.py).
        Fix the branch, then push a new marked commit.
    1 refactor task
      [sprint/search (Apollo <apollo@example.org>)]  engram/vector_storage.py, 59s ago, after bbbbbbbbbbb2
        "In engram/vector_storage.py the side of sprint/storage was kept."
        | @@ -1 +1 @@
        | -a
        | +b"
  `);
  expect(plain(inboxLines({ questions: [], rejected: [], takenOff: [], tasks: [], collisions: [] }, false, AT_MS))).toBe('Nothing waits for you.');
});

test('the summary counts like the seeds', () => {
  expect(plain(summed(STORY))).toMatchInlineSnapshot(`
    "[Merge Coordinator] Nothing more to do for now.
    Summary:
    - 3 branches processed
    - 1 clean merge
    - 0 resolved conflicts
    - 1 human escalation
    - 1 not landed: sprint/api (gate-failed)
    - 1 still waiting (maestro inbox, maestro status)
    - Total time: 4.2 s"
  `);
  expect(plain(summed([...STORY, ...ENDING].map((batch) => batch.filter((event) => !('id' in event && event.id === NUMA)))))).toMatchInlineSnapshot(`
    "[Merge Coordinator] All merges complete!
    Summary:
    - 2 branches processed
    - 1 clean merge
    - 1 resolved conflict
    - 1 human escalation
    - Total time: 4.2 s"
  `);
});

test('colour is painted only where it is wanted', () => {
  expect(paint([line('good', 'x'), line('plain', 'y')], true)).toBe('\u001b[32mx\u001b[0m\ny');
  expect(paint([line('good', 'x')], false)).toBe('x');
});

test('widths count wide characters twice and combining ones not at all', () => {
  expect([widthOf('漢字'), widthOf('🤖'), widthOf('é')]).toEqual([4, 2, 1]);
  expect([fit('漢字', 5), cut('abcdef', 4), ...wrap('aaa bbb ccccccccc', 7, '  ')]).toEqual(['漢字 ', 'abc…', 'aaa bbb', '  ccccc', '  cccc']);
});

test('spans are said the way people say them', () => {
  expect([0, 999, 4200, 42_000, 125_000, 7_200_000, 90_000_000].map(duration)).toEqual(['0 ms', '999 ms', '4.2 s', '42 s', '2 min 5 s', '2 h', '1 d 1 h']);
});

type Batches = readonly (readonly LedgerEvent[])[];

function plain(lines: readonly Line[]): string {
  return paint(lines, false);
}

function told(batches: Batches, before: Batches = []): string {
  return plain(batches.flatMap((batch, at) => timeline(batch, laneAfter([...before, ...batches.slice(0, at + 1)]), 80)));
}

function requestOf(id: RequestId): MergeRequest {
  const request = laneAfter(STORY).requests.get(id);
  if (request === undefined) throw new Error(`the sample has no ${id}`);
  return request;
}

function status(): Status {
  const lane = laneAfter(STORY);
  const all = [...lane.requests.values()];
  const open = all.filter(isOpen).map((request, position) => ({ request, position, waitsFor: `an answer: maestro decide ${request.id} A|B` }));
  return { running: true, remote: '/srv/engram.git', marker: 'READY_TO_MERGE', trouble: null, ignored: [], startedAtMs: AT_MS, lanes: [{ target: 'main', tip: lane.tip, pausedBy: null, alarm: null, landing: null, open, closed: all.filter((one) => !isOpen(one)) }] };
}

function summed(batches: Batches): readonly Line[] {
  const tally = batches.reduce((sum, batch, at) => countBatch(sum, batch, laneAfter(batches.slice(0, at + 1))), NOTHING_YET);
  return summaryLines(tally, summaryOf(tally, [laneAfter(batches)], 4200));
}
