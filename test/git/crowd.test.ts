// Branches that go together two by two and not all at once: the radar lands them in memory, and its order says so.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSurvey } from '../../src/adapter/git/radar.ts';
import type { Oid, RefName } from '../../src/merge/branch.ts';
import type { RadarLane } from '../../src/merge/radar.ts';
import { workbench, type Workbench } from '../harness/workbench.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});
afterAll(() => bench.close());

function text(...changed: readonly number[]): string {
  return Array.from({ length: 20 }, (_, at) => `${changed.includes(at) ? 'another' : 'the first'} text of line ${at}\n`).join('');
}

async function lane(target: Oid, tips: readonly Oid[]): Promise<RadarLane> {
  const survey = openSurvey(bench.repo.bare);
  const seen = await survey.survey({ target: 'refs/heads/main' as RefName, tip: target, branches: new Map(tips.map((tip, at) => [`refs/heads/${'abc'[at]}` as RefName, tip])) });
  await survey.close();
  return seen;
}

it('two changes that make of a renamed file another one: the third, which went with each, comes after both', async () => {
  const base = await bench.repo.commit({ f: text() }, 'base', { keep: false });
  const renamed = await bench.repo.commit({ f: null, g: text(0, 1, 2, 3) }, 'a', { parents: [base] });
  const [much, little] = [await bench.repo.commit({ f: text(5, 6, 7, 8, 9, 10, 11, 12) }, 'b', { parents: [base] }), await bench.repo.commit({ f: text(15) }, 'c', { parents: [base] })];
  expect((await bench.build(base, [renamed, much, little])).map(({ kind }) => kind)).toEqual(['candidate', 'candidate', 'conflict']);
  const { collisions, order } = await lane(base, [renamed, much, little]);
  expect(collisions).toEqual([]);
  expect(order.map(({ branch, after }) => [branch, after])).toEqual([['a', []], ['b', []], ['c', ['a', 'b']]]);
});

it('branches that stand on one another, and one apart, land as they are', async () => {
  const base = await bench.repo.commit({ f: text() }, 'base', { keep: false });
  const first = await bench.repo.commit({ f: text(3) }, 'a', { parents: [base] });
  const [second, apart] = [await bench.repo.commit({ f: text(3, 4) }, 'b', { parents: [first] }), await bench.repo.commit({ f: text(12) }, 'c', { parents: [base] })];
  expect((await lane(base, [first, second, apart])).order.map(({ after }) => after)).toEqual([[], [], []]);
});
