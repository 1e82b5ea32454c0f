// Ten thousand comments on a question: what they cost, on a forge that only counts what it is asked.
import { expect, test } from 'vitest';
import { Conversation } from '../../src/coordinator/conversation.ts';
import type { Control } from '../../src/port/control.ts';
import type { Forge, Permission } from '../../src/port/forge.ts';
import { NOTHING_SHOWN, type Memo } from '../../src/coordinator/memo.ts';
import { questionMark } from '../../src/merge/identity.ts';
import { ATHENA, laneAfter, STORY, TARGET } from '../command/sample.ts';

const COMMENTS = 10_000;
const ASKED = laneAfter(STORY.slice(0, STORY.findIndex((batch) => batch.some((event) => event.kind === 'asked')) + 1));

const { phase } = ASKED.requests.get(ATHENA) ?? expect.fail('no request');
const MARK = phase.state === 'escalated' ? questionMark(phase.question) : expect.fail('no question');
const SHOWN_AT_MS = 5000;

/** `mark`: of the question that stands on the pull request; `later`: once all is shown that is being shown. */
function floor(permission: Permission, mark = MARK, later = mark, memo: Partial<Memo> = {}) {
  const asked: string[] = [];
  const notes = new Map<string, string>();
  const coordinator = { lanes: new Map([[TARGET, ASKED]]), notes: { recall: async (key: string) => notes.get(key) ?? null, remember: async (key: string, value: string) => void notes.set(key, value) } };
  const forge = {
    permission: async () => (asked.push('permission'), permission),
    react: async () => {
      asked.push('react');
      if (refusing > 0) {
        refusing -= 1;
        throw new Error('away');
      }
    },
    say: async () => (asked.push('say'), { id: 1, atMs: 0 }),
  };
  const control = { decide: async () => void asked.push('decide') };
  let nowMs = 0;
  let stands = mark;
  let refusing = 0;
  const clock = { nowMs: () => nowMs, after: () => () => undefined };
  const conversation = new Conversation({ coordinator, vouch: () => undefined } as never, control as unknown as Control, forge as unknown as Forge, { requestOn: () => ATHENA, settled: async () => void (stands = later), shownOf: async () => ({ ...NOTHING_SHOWN, stands: { mark: stands, sinceMs: SHOWN_AT_MS }, ...memo }) } as never, clock);
  const hear = (comment: number, body: string, login = 'eve', atMs = SHOWN_AT_MS) => conversation.hear({ kind: 'comment', pull: 1, comment, atMs, body, login, isMachine: false, isEdit: false });
  return { asked, notes, hear, away: () => void (refusing = 1), later: (ms: number) => void (nowMs += ms) };
}

test('H10: ten thousand answers of somebody who may not are asked about once a minute', async () => {
  const on = floor('read');
  for (let at = 0; at < COMMENTS; at += 1) await on.hear(at, 'B');
  expect(on.asked).toEqual(['permission', 'react', 'say']);
  on.later(60_001);
  await on.hear(COMMENTS, 'B');
  expect(on.asked.filter((call) => call === 'permission')).toHaveLength(2);
});

test('H10: ten thousand comments that answer nothing cost nothing, and leave nothing behind', async () => {
  const on = floor('write');
  for (let at = 0; at < COMMENTS; at += 1) await on.hear(at, `I would rather take the other one. ${'B '.repeat(50)}(${at})`);
  expect([on.asked, on.notes.size]).toEqual([[], 0]);
});

test('H10: the one answer among them by somebody who may is heard', async () => {
  const on = floor('write');
  for (let at = 0; at < 100; at += 1) await on.hear(at, 'What is this about?');
  await on.hear(100, 'B', 'max');
  expect(on.asked).toEqual(['permission', 'decide', 'react']);
});

test.each([
  ['the question was asked anew, and is not shown yet', MARK.split('').toReversed().join(''), SHOWN_AT_MS],
  ['it was written before the question was shown', MARK, SHOWN_AT_MS - 1000],
])('a letter is no answer when %s', async (_name, mark, atMs) => {
  for (const body of ['B', '/maestro decide B', `/maestro decide ${ATHENA} B`, `/maestro decide ${ATHENA.slice(0, 6)} B`, '/maestro decide sprint/storage B']) {
    const on = floor('write', mark);
    await on.hear(1, body, 'max', atMs);
    expect([body, ...on.asked]).toEqual([body, 'permission', 'react', 'say']);
  }
});

test('a letter that is quicker than the answer of the forge to the question is waited with', async () => {
  const on = floor('write', '', MARK);
  await on.hear(1, 'B', 'max');
  expect(on.asked).toEqual(['permission', 'decide', 'react']);
});

test('what was done is said once the forge takes it, and not done again', async () => {
  const on = floor('write');
  on.away();
  await expect(on.hear(1, 'B', 'max')).rejects.toThrow('away');
  await on.hear(1, 'B', 'max');
  await on.hear(1, 'B', 'max');
  expect(on.asked).toEqual(['permission', 'decide', 'react', 'react']);
});

test('a question asked by a version that did not keep since when is answered', async () => {
  const on = floor('write', MARK, MARK, { asked: MARK, stands: null });
  await on.hear(1, 'B', 'max');
  expect(on.asked).toEqual(['permission', 'decide', 'react']);
});
