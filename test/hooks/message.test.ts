// What commit-msg says about a message, and when it refuses.
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { adviseOnMessage } from '../../src/hook/message.ts';
import { world } from './clone.ts';

const told = (text: string): string => {
  const advice = adviseOnMessage(text, 'READY_TO_MERGE', (names) => names.filter((name) => name === 'feature/unknown'));
  return `${advice.refused ? 'refused' : 'ok'}${advice.lines.length > 0 ? `: ${advice.lines.join('; ')}` : ''}`;
};

test.each([
  ['work', /^ok$/],
  ['work\n\nREADY_TO_MERGE', /^ok$/],
  ['work READY_TO_MERGE', /^ok$/],
  ['work\n\nready_to_merge', /^refused: a line is nearly READY_TO_MERGE/],
  ['work\n\nREADY TO MERGE', /^refused/],
  ['work\n\nReady to merge.', /^ok: a line is nearly READY_TO_MERGE/],
  ['work\n\nREADY_TO_MERG', /^ok: a line is nearly READY_TO_MERGE/],
  ['work ready_to_merge', /^ok: READY_TO_MERGE does not count here/],
  ['work\n\nREADY_TO_MERGE\nDepneds-On: a', /^refused: write `Depends-On:`/],
  ['work\n\nREADY-TO-MERGE', /^refused/],
  ['work\n\n**READY_TO_MERGE**', /^refused/],
  ['docs: explain READY_TO_MERGE', /^ok: the subject mentions/],
  ['work\n\nREADY_TO_MERGE\nPriority: urgent', /^refused: Priority/],
  ['work\n\nREADY_TO_MERGE\nDepends-On:', /^refused: Depends-On/],
  ['work\n\nREADY_TO_MERGE\nDepends-On: feature/../x', /^refused: Depends-On/],
  ['work\n\nREADY_TO_MERGE\nDepends-On: --upload-pack=x', /^refused: Depends-On/],
  ['work\n\nREADY_TO_MERGE\nDepends-On: feature/known', /^ok$/],
  ['work\n\nREADY_TO_MERGE\nDepends-On: feature/unknown', /^ok: Depends-On: no branch feature\/unknown/],
  ['work\n\nPriority: urgent', /^ok$/],
  ['work\n\nREADY_TO_MERGE\n\n(cherry picked from commit 0123456)', /^ok: a cherry-pick/],
  ["Merge branch 'main' into feature/a\n\nREADY_TO_MERGE", /^ok: a merge commit/],
  ['work\n# ready_to_merge\n', /^ok$/],
  ['work\n# ------------------------ >8 ------------------------\n+ready_to_merge\n', /^ok$/],
])('%j', (text, expected) => {
  expect(told(text)).toMatch(expected);
});

let clone: ReturnType<typeof world>;
beforeAll(async () => {
  clone = world();
  await clone.install();
  clone.branch('feature/known', 'work');
});
afterAll(() => clone.dispose());

test('a refused commit is not made, and says how to get past it', () => {
  const before = clone.head();
  const { code, err } = clone.commit('work\n\nREADY_TO_MERGE\nPriority: urgent');
  expect(code).toBe(1);
  expect(err).toMatch(/^maestro \(commit-msg\): refused\n {2}Priority: `urgent` is none of hotfix, high, normal, low\n {2}MAESTRO_HOOKS=0 git commit/);
  expect(clone.head()).toBe(before);
  expect(clone.commit('work\n\nREADY_TO_MERGE\nPriority: urgent', {}, { MAESTRO_HOOKS: '0' }).code).toBe(0);
});

test.each(['ready_to_merge', 'READY_TO_MERG', 'RE\u0410DY_TO_MERGE', 'REDAY-TO-MERGE'])('%s gets past the filter in sh and is told', (line) => {
  expect(clone.commit(`work\n\n${line}`).err).toContain('a line is nearly READY_TO_MERGE');
});

test.each(['READY', 'rEaDy-'])('%s and words that are not the marker\'s are passed on to the pattern, which finds nothing', (line) => {
  expect(clone.commit(`work\n\n${line}`)).toMatchObject({ code: 0, err: '' });
});

test('a message without the marker\'s words is committed without starting a process', () => {
  const started = clone.write('../bin/started', '');
  clone.write('../bin/grep', `#!/bin/sh\necho grep >>'${started}'\n`, 0o755);
  expect(clone.commit('work\n\nof an ordinary day', {}, { PATH: `${dirname(started)}:${process.env['PATH'] ?? ''}` }).code).toBe(0);
  expect(readFileSync(started, 'utf8')).toBe('');
});

test.each([['long', `work\n\n${'line\n'.repeat(80)}\nready_to_merge`], ['without a last line break', 'work\n\nready_to_merge']])('a message that is %s is read to its end', (_, message) => {
  expect(clone.commit(message).err).toContain('a line is nearly READY_TO_MERGE');
});

test('a dependency is known by a local or a remote branch', () => {
  expect(clone.commit('work\n\nREADY_TO_MERGE\nDepends-On: feature/known, main').err).toBe('');
  const { code, err } = clone.commit('work\n\nREADY_TO_MERGE\nDepends-On: feature/elsewhere');
  expect([code, err]).toEqual([0, expect.stringContaining('no branch feature/elsewhere is known in this clone')]);
});
