// The losing side's homework: where to look, whatever the patch can hold.
import { expect, test } from 'vitest';
import { cutPatch } from '../../src/merge/patch.ts';
import { refactorTasks } from '../../src/merge/refactor.ts';
import { NUMA, STORY, laneAfter } from '../command/sample.ts';

const HEAD = 'diff --git a/f b/f\n--- a/f\n+++ b/f\n';
const HUNK = '@@ -1 +1 @@\n-a\r@@ no hunk\n+b\n';

const ALONE = { lane: { requests: new Map() }, lanes: [] };

test.each([
  ['all of it fits', HEAD + HUNK + HUNK, 1000, { patch: HEAD + HUNK + HUNK, hunksLeft: 0 }],
  ['one hunk fits', HEAD + HUNK + HUNK + HUNK, HEAD.length + HUNK.length, { patch: HEAD + HUNK, hunksLeft: 2 }],
  ['no hunk fits', HEAD + HUNK + HUNK, HEAD.length + 1, { patch: '', hunksLeft: 2 }],
  ['it is of two files', `${HEAD}${HUNK}${HEAD}${HUNK}`, HEAD.length + 2 * HUNK.length, { patch: '', hunksLeft: 2 }],
])('a patch is cut at whole hunks: %s', (_, whole, charsMax, cut) => {
  expect(cutPatch(whole, charsMax)).toEqual(cut);
});

test.each([
  [{ patch: HEAD + HUNK, hunksLeft: 0, blob: 'b10b' }, '(the patch)'],
  [{ patch: HEAD + HUNK, hunksLeft: 1, blob: 'b10b' }, '(the patch, which is cut: 1 hunk more would be too long; the whole file: git show b10b)'],
  [{ patch: '', hunksLeft: 3, blob: 'b10b' }, '(git show b10b; no patch is given: 3 hunks would be too long)'],
  [{ patch: '', hunksLeft: 0, blob: 'b10b' }, '(git show b10b; no patch is given: it cannot be written as text that applies)'],
  [{ patch: '', hunksLeft: 1, blob: null }, '(there is no such file; no patch is given: 1 hunk would be too long)'],
])('a task says where to look: %j', (dropped, words) => {
  const request = laneAfter(STORY).requests.get(NUMA)!;
  const conflict = { fingerprint: 'f', partners: [], paths: [{ path: 'f', kind: 'content' as const, base: null, ours: null, theirs: null, hunks: [], message: '' }] };
  const [task] = refactorTasks(request, { conflict, choices: ['A'], how: 'person' }, [{ path: 'f', side: 'theirs', ...dropped }], ALONE, 0);
  expect(task).toMatchObject({ patch: dropped.patch, text: `In f the side of main was kept. Look at what sprint/api had there ${words} and bring its ideas into the version that landed.` });
});

test('what a hotfix loses where it is merged back is its author\'s, not Maestro\'s', () => {
  const main = laneAfter(STORY);
  const back = { ...main.requests.get(NUMA)!, kind: { kind: 'back-merge' as const, of: NUMA }, author: 'Maestro' };
  const conflict = { fingerprint: 'f', partners: [], paths: [{ path: 'f', kind: 'content' as const, base: null, ours: null, theirs: null, hunks: [], message: '' }] };
  const task = (lanes: readonly (typeof main)[]) => refactorTasks(back, { conflict, choices: ['A'], how: 'person' }, [{ path: 'f', side: 'theirs', patch: '', hunksLeft: 0, blob: null }], { ...ALONE, lanes }, 0)[0];
  expect([task([main])?.author, task([])?.author]).toEqual(['Numa <numa@example.org>', 'Maestro']);
});
