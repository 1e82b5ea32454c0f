// More branches than may wait for one git process.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSurvey, SURVEY_LIMITS } from '../../src/adapter/git/radar.ts';
import type { RefName } from '../../src/merge/branch.ts';
import { workbench, type Workbench } from '../harness/workbench.ts';

const BRANCHES = 20_001;

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});
afterAll(() => bench.close());

it('of twenty thousand branches the newest are looked at, and the others counted', async () => {
  const target = await bench.repo.commit({ a: 'a\n' }, 'base', { keep: false });
  const tip = await bench.repo.commit({ a: 'b\n' }, 'work', { parents: [target] });
  const survey = openSurvey(bench.repo.bare, { ...SURVEY_LIMITS, branchesMax: 10 });
  const branches = new Map(Array.from({ length: BRANCHES }, (_, at) => [`refs/heads/work/${at}` as RefName, tip]));
  const lane = await survey.survey({ target: 'refs/heads/main' as RefName, tip: target, branches });
  await survey.close();
  expect([lane.branches.length, lane.leftOut.beyond]).toEqual([10, BRANCHES - 10]);
});
