// Merge bases of many branches from one walk, against git's own; and how far back that walk looks.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ownHistories } from '../../src/adapter/git/own-history.ts';
import { openHistory } from '../../src/adapter/git/shared-history.ts';
import { parseOid, type Oid } from '../../src/merge/branch.ts';
import { mulberry } from '../conformance/random-history.ts';
import { workbench, type Workbench } from '../harness/workbench.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});
afterAll(() => bench.close());

test.each([1, 2, 3])('seed %i: all pairs of a history with merges and wrong clocks have git\'s bases', async (seed) => {
  const tips = await imported(seed, 60);
  const history = await openHistory(bench.git, bench.reader).of(tips);
  const pairs = tips.slice(0, 25).flatMap((one, at) => tips.slice(at + 1, 25).map((other) => [one, other] as const));
  for (const [one, other] of pairs) expect(history?.mergeBases(one, other)?.toSorted()).toEqual((await bench.reader.mergeBases(one, other)).toSorted());
}, 120_000);

test('of a long history only what lies before the oldest branching is listed', async () => {
  const line = Array.from({ length: 6000 }, (_, at) => commitOf('refs/long/main', at, at === 0 ? [] : [at], at)).join('');
  const sides = [5800, 5900].map((from, at) => commitOf(`refs/long/side-${at}`, 6000 + at, [from], 6000 + at)).join('');
  await bench.repo.git(['fast-import', '--quiet'], Buffer.from(line + sides));
  const [main, one, other] = await Promise.all(['main', 'side-0', 'side-1'].map((name) => oid(`refs/long/${name}`)));
  const asked: string[] = [];
  const git = { ...bench.git, must: (args: readonly string[], call?: Parameters<typeof bench.git.must>[1]) => (asked.push(args.join(' ')), bench.git.must(args, call)) };
  const histories = await ownHistories({ git, reader: bench.reader, history: openHistory(git, bench.reader) }, main!, [one!, other!, main!]);
  expect([...histories.of.keys()]).toEqual([one, other]);
  expect(await histories.mergeBases(one!, other!)).toEqual([await oid('refs/long/main~200')]);
  expect(asked).toEqual(['rev-list --parents --max-count=4096 --stdin']);
}, 120_000);

test('a branch that moved costs no further listing, and its merge bases are git\'s', async () => {
  const first = await imported(4, 20);
  const asked: string[] = [];
  const history = openHistory({ ...bench.git, must: (args, call) => (asked.push(args.join(' ')), bench.git.must(args, call)) }, bench.reader);
  await history.of(first);
  const [one, other] = [await bench.repo.commit({ a: '1\n' }, 'one', { parents: [first[10]!, first[12]!] }), await bench.repo.commit({ a: '2\n' }, 'other', { parents: [first[15]!] })];
  const graph = await history.of([...first, one, other]);
  expect(graph?.mergeBases(one, other)?.toSorted()).toEqual((await bench.reader.mergeBases(one, other)).toSorted());
  expect(asked).toHaveLength(1);
});

/** Commits of two parents at most, by chance; every third has a clock that runs back. All of them, as tips. */
async function imported(seed: number, count: number): Promise<readonly Oid[]> {
  const random = mulberry(seed);
  const below = (max: number): number => Math.floor(random() * max);
  const stream = Array.from({ length: count }, (_, at) => commitOf(`refs/seed/${seed}/${at}`, at, at === 0 || random() < 0.03 ? [] : [...new Set(Array.from({ length: 1 + below(2) }, () => 1 + Math.max(0, at - 1 - below(8))))], at % 3 === 0 ? at - below(20) : at));
  await bench.repo.git(['fast-import', '--quiet'], Buffer.from(stream.join('')));
  return Promise.all(Array.from({ length: count }, (_, at) => oid(`refs/seed/${seed}/${at}`)));
}

/** Parents by mark; marks count from 1. */
function commitOf(ref: string, at: number, parents: readonly number[], seconds: number): string {
  const [from, ...merged] = parents;
  return `${from === undefined ? `reset ${ref}\n` : ''}commit ${ref}\nmark :${at + 1}\ncommitter A <a@b> ${1_700_000_000 + seconds} +0000\ndata 2\n${at % 10}\n${from === undefined ? '' : `from :${from}\n`}${merged.map((mark) => `merge :${mark}\n`).join('')}\n`;
}

async function oid(name: string): Promise<Oid> {
  const found = parseOid((await bench.repo.git(['rev-parse', name])).trim());
  if (found === null) throw new Error(name);
  return found;
}
