// The check run in every state of a request, as whole texts; what is hostile in it; and what a press of a button means.
import { describe, expect, it, test } from 'vitest';
import { pressOf } from '../../src/merge/button.ts';
import { faceOf, SUMMARY_CHARS_MAX, type Face, type Place } from '../../src/merge/face.ts';
import { questionMark } from '../../src/merge/identity.ts';
import type { MergeRequest, Phase, RequestId } from '../../src/merge/request.ts';
import { ATHENA, APOLLO, CONFLICT, ENDING, laneAfter, NUMA, oid, PASSED, QUESTION, STORY } from '../command/sample.ts';

const MARK = questionMark(QUESTION);
const CANDIDATE = { commit: oid('9'), tree: oid('7'), onto: oid('5'), how: 'clean', paths: ['a'], pathCount: 1, restores: [] } as const;

test.each<[string, Phase, Partial<Place>, string]>([
  ['queued', { state: 'queued', hold: null }, { position: 1, waitsFor: 'its dependency feature/a (gating)' }, 'queued/null: Queued, 2nd of 5: waits for its dependency feature/a (gating)'],
  ['next', { state: 'queued', hold: null }, { position: 0, waitsFor: 'its turn' }, 'queued/null: Queued, 1st of 5'],
  ['held', { state: 'queued', hold: { kind: 'ahead', behind: [APOLLO], why: 'x' } }, { position: 11, openCount: 12, waitsFor: 'sprint/search to land or leave: x' }, 'queued/null: Held, 12th of 12: waits for sprint/search to land or leave: x'],
  ['paused', { state: 'queued', hold: null }, { waitsFor: '`maestro resume main` (paused by Casey)' }, 'queued/null: Queued, 3rd of 5: waits for `/maestro resume main` (paused by Casey)'],
  ['gating', { state: 'gating', candidate: CANDIDATE, verdict: null }, { waitsFor: 'the gate on its candidate' }, 'in_progress/null: Gating, 3rd of 5: waits for the gate on its candidate'],
  ['landing', { state: 'landing', candidate: CANDIDATE, verdict: PASSED }, { waitsFor: 'the push, and the remote showing it' }, 'in_progress/null: Landing, 3rd of 5: waits for the push, and the remote showing it'],
  ['in conflict', { state: 'deliberating', onto: oid('5'), conflict: CONFLICT, votes: [] }, {}, 'in_progress/null: Conflict in engram/vector_storage.py: its ways out are being merged and gated'],
  ['asked about', { state: 'escalated', question: QUESTION }, {}, 'completed/action_required: Needs a decision: conflict in engram/vector_storage.py'],
  ['landed', { state: 'landed', candidate: CANDIDATE, verdict: PASSED, atMs: 0 }, {}, 'completed/success: Landed on main as 999999999999'],
  ['rejected', { state: 'rejected', reason: { code: 'unrelated-histories' }, atMs: 0 }, {}, 'completed/failure: Not landed (unrelated-histories): The branch shares no commit with its target.'],
  ['contained', { state: 'rejected', reason: { code: 'already-contained', target: 'main' }, atMs: 0 }, {}, 'completed/neutral: Not landed (already-contained): main already contains this commit.'],
  ['superseded', { state: 'superseded', by: APOLLO, atMs: 0 }, {}, 'completed/neutral: Superseded by a newer commit of the branch'],
  ['cancelled', { state: 'cancelled', by: 'Casey', atMs: 0 }, {}, 'completed/cancelled: Cancelled by Casey'],
  ['taken off', { state: 'rolled-back', by: null, candidate: CANDIDATE, verdict: PASSED, atMs: 0 }, {}, 'completed/failure: Landed, and was taken off: main was moved back past Maestro'],
  ['rolled back', { state: 'rolled-back', by: NUMA, candidate: CANDIDATE, verdict: PASSED, atMs: 0 }, {}, 'completed/neutral: Landed, and was rolled back by ccccccccccc3'],
])('a request that is %s says so in one line', (_, phase, place, line) => {
  const { status, conclusion, title } = faceIn(phase, place);
  expect(`${status}/${conclusion}: ${title}`).toBe(line);
});

describe('the summary', () => {
  it('of a waiting request says what it waits for and whose turn it is', () => {
    expect(faceIn({ state: 'queued', hold: null }, { position: 1, waitsFor: 'its dependency feature/a (gating)' }).summary).toMatchInlineSnapshot(`
      "\`sprint/storage\` into \`main\`, request \`bbbbbbbbbbb2\`

      **Position:** 2nd of 5

      **Waits for:** its dependency feature/a (gating)

      **Next:** nobody's turn, it goes on by itself."
    `);
    expect(faceIn({ state: 'queued', hold: null }, { waitsFor: '`maestro resume main` (paused by Casey)', lane: { alarm: null, pausedBy: 'Casey' } }).summary).toMatchInlineSnapshot(`
      "\`sprint/storage\` into \`main\`, request \`bbbbbbbbbbb2\`

      **Position:** 3rd of 5

      **Waits for:** \`/maestro resume main\` (paused by Casey)

      **Next:** the turn of \`Casey\`, who paused it; \`/maestro resume main\` goes on."
    `);
  });

  it('of a landed one is its certificate', () => {
    expect(faceOf(requestOf(ATHENA), PLACE).summary).toMatchInlineSnapshot(`
      "\`sprint/storage\` into \`main\`, request \`bbbbbbbbbbb2\`

      | Certificate | |
      |---|---|
      | Merge commit | \`9999999999999999999999999999999999999999\` |
      | Tree | \`7777777777777777777777777777777777777777\` |
      | Onto | \`0000000000000000000000000000000000000000\` |
      | Merged | decided B by \`Casey\` |
      | Gate | passed in 420 ms on this tree: \`sh check.sh\` |
      | Paths | 1 |
      | Id | \`bbbbbbbbbbb2\` |
      | Undo | \`/maestro rollback bbbbbbbbbbb2\` |

      **Next:** nothing to do. To undo it, comment \`/maestro rollback bbbbbbbbbbb2\`."
    `);
  });

  it('of a rejected one gives cause, next step and evidence', () => {
    expect(faceOf(requestOf(NUMA), PLACE).summary).toMatchInlineSnapshot(`
      "\`sprint/api\` into \`main\`, request \`ccccccccccc3\`

      **Cause:** The gate failed on the merge of this branch; it may fail only together with sprint/search (both changed engram/vector\\_storage.py).

      **Next, the author's turn:** Fix the branch, then push a new marked commit.

      **The end of the gate's output:**

      \`\`\`text
      compiling
      storage.py: broken
      \`\`\`"
    `);
  });

  it('of a question names the files and where to answer', () => {
    expect(faceIn({ state: 'escalated', question: QUESTION }, { questionUrl: 'https://forge.example/1' }).summary).toMatchInlineSnapshot(`
      "\`sprint/storage\` into \`main\`, request \`bbbbbbbbbbb2\`

      **Conflict in:**

      - \`engram/vector_storage.py\` (content)

      **Next:** the turn of whoever was asked. See [the question](https://forge.example/1). Answer there, or press [A] or [B] here."
    `);
  });
});

describe('hostile text', () => {
  it('in a log stays inside its fence', () => {
    const tail = '```\n</details>\n@org/everyone <!-- maestro question -->\n# Landed on main\n`````';
    const { summary } = faceIn({ state: 'rejected', reason: { code: 'gate-timeout', tail, log: null, afterMs: 1000 }, atMs: 0 });
    expect(summary).toMatch(/``````text\n```\n<\/details>\n@org\/everyone <!\u200b-- maestro question -->\n# Landed on main\n`````\n``````$/);
  });

  it.each(['\u0001', '`', '<', '\u202e@', '\ufdfa', '|'])('of %j without end leaves a summary GitHub takes', (unit) => {
    const tail = `${unit.repeat(5000)}\n`.repeat(100);
    const face = faceIn({ state: 'rejected', reason: { code: 'gate-failed', tail, log: null, exitCode: 1, suspects: [{ request: 'x', branch: unit.repeat(5000), why: unit }] }, atMs: 0 });
    expect(face.summary.length).toBeLessThanOrEqual(SUMMARY_CHARS_MAX);
    expect(face.title).not.toMatch(/[\n\r]/);
  });
});

describe('a button', () => {
  const asked: Phase = { state: 'escalated', question: QUESTION };

  it('stands for each option, within what GitHub takes', () => {
    const { buttons } = faceIn(asked);
    expect(buttons.map(({ label }) => label)).toEqual(['[A]', '[B]']);
    for (const { id, label, note } of buttons) expect([id.length <= 20, label.length <= 20, note.length <= 40]).toEqual([true, true, true]);
  });

  it('H6: answers the question it was shown with, and no other', () => {
    const [, b] = faceIn(asked).buttons;
    expect(pressOf(b?.id ?? '', { phase: asked })).toEqual({ kind: 'answer', letter: 'B', question: MARK });
    expect(pressOf(b?.id ?? '', { phase: { state: 'escalated', question: { ...QUESTION, conflict: { ...CONFLICT, fingerprint: 'other' } } } })).toEqual({ kind: 'stale' });
    expect(pressOf(b?.id ?? '', { phase: { state: 'escalated', question: { ...QUESTION, options: QUESTION.options.map((option) => ({ ...option, tree: oid('4') })) } } })).toEqual({ kind: 'stale' });
    expect(pressOf(b?.id ?? '', { phase: { state: 'queued', hold: null } })).toEqual({ kind: 'stale' });
  });

  test.each([`answer C ${MARK}`, `answer b ${MARK}`, 'answer', `answer B ${MARK} x`, 'reboot', ''])('that nobody offered means nothing: %j', (id) => {
    expect(pressOf(id, { phase: asked })).toEqual({ kind: 'unknown' });
  });

  it('is not there for several files, which take several letters', () => {
    const [path] = CONFLICT.paths;
    const question = { ...QUESTION, conflict: { ...CONFLICT, paths: [path!, { ...path!, path: 'b' }] } };
    const face = faceIn({ state: 'escalated', question });
    expect(face.buttons).toEqual([]);
    expect(face.summary).toContain('It takes 2 letters');
  });

  it('retries what may be retried', () => {
    expect(faceIn({ state: 'rejected', reason: { code: 'unrelated-histories' }, atMs: 0 }).buttons.map(({ id }) => id)).toEqual(['retry']);
    expect(faceIn({ state: 'rejected', reason: { code: 'malformed-signal', problems: ['x'] }, atMs: 0 }).buttons).toEqual([]);
    expect(pressOf('retry', { phase: asked })).toEqual({ kind: 'retry' });
  });
});

const PLACE: Place = { position: 2, openCount: 5, waitsFor: 'its turn', lane: { alarm: null, pausedBy: null }, questionUrl: null };

function faceIn(phase: Phase, place: Partial<Place> = {}): Face {
  return faceOf({ ...requestOf(ATHENA), phase }, { ...PLACE, ...place });
}

function requestOf(id: RequestId): MergeRequest {
  const request = laneAfter([...STORY, ...ENDING]).requests.get(id);
  if (request === undefined) throw new Error(`no request ${id}`);
  return request;
}
