// A branch that has nothing in common with its target: git refuses that merge, so the radar spends none of its questions on it.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSurvey, SURVEY_LIMITS } from '../../src/adapter/git/radar.ts';
import type { RefName } from '../../src/merge/branch.ts';
import { workbench, type Workbench } from '../harness/workbench.ts';

const TEXT = Array.from({ length: 12 }, (_, at) => `line ${at}\n`).join('');

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});
afterAll(() => bench.close());

it('the one question of a survey goes to the branch that git can say something of', async () => {
  const base = await bench.repo.commit({ a: TEXT }, 'base', { keep: false });
  const target = await bench.repo.commit({ a: null, c: TEXT }, 'renamed', { parents: [base] });
  // A rename onto a file that this branch adds: the engine leaves that to git.
  const asked = await bench.repo.commit({ a: TEXT.replace('line 0', 'top'), c: 'c\n' }, 'asked', { parents: [base] });
  // The newest is asked about first.
  const stranger = await bench.repo.commit({ s: 's\n' }, 'stranger', { keep: false });
  const survey = openSurvey(bench.repo.bare, { ...SURVEY_LIMITS, askedMax: 1 });
  const branches = new Map([['refs/heads/a-stranger' as RefName, stranger], ['refs/heads/b-asked' as RefName, asked]]);
  const lane = await survey.survey({ target: 'refs/heads/main' as RefName, tip: target, branches });
  await survey.close();
  expect(new Map(lane.branches.map(({ branch, conflicts }) => [branch, conflicts.length > 0]))).toEqual(new Map([['a-stranger', false], ['b-asked', true]]));
});
