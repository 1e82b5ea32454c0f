// Histories that crossed, so that two commits have two bases, and their bases two of their own: in memory as git merges them, or left to git.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openEngine, type EngineOpinion } from '../../src/adapter/git/engine-opinion.ts';
import { loadRepository } from '../../src/adapter/git/live-repository.ts';
import { openLibrary } from '../../src/adapter/git/library.ts';
import { openSurvey } from '../../src/adapter/git/radar.ts';
import type { Oid, RefName } from '../../src/merge/branch.ts';
import { Random } from '../harness/random.ts';
import { workbench, type Workbench } from '../harness/workbench.ts';

const HISTORIES = Number(process.env['MAESTRO_CRISS_CROSS'] ?? 60);
const FILES = ['a', 'b.txt', 'lib/c', 'lib/d', 'src/e', 'src/f'];
const LINES = Array.from({ length: 12 }, (_, at) => `line ${at}`);

type Files = ReadonlyMap<string, string>;
type Pair = { readonly root: Oid; readonly ours: Oid; readonly theirs: Oid };

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});
afterAll(() => bench.close());

function edited(random: Random, before: Files): Files {
  const files = new Map(before);
  for (let left = random.between(1, 3); left > 0; left -= 1) {
    const path = random.pick([...files.keys()]);
    const text = files.get(path) ?? '';
    const lines = text.split('\n');
    lines[random.below(lines.length - 1)] = `changed ${random.below(3)}`;
    const dice = random.below(12);
    if (dice < 2) files.delete(path);
    if (dice === 0) files.set(`moved/${random.below(2)}`, lines.join('\n'));
    else if (dice === 2) files.set(`new/${random.below(3)}`, `new ${random.below(2)}\n`);
    else if (dice > 2) files.set(path, lines.join('\n'));
  }
  return files.size === 0 ? before : files;
}

/** File by file, ours first: a person's merge, good or bad. */
function joined(base: Files, ours: Files, theirs: Files): Files {
  const paths = new Set([...ours.keys(), ...theirs.keys()]);
  return new Map([...paths].flatMap((path) => {
    const text = ours.get(path) === base.get(path) ? theirs.get(path) : ours.get(path);
    return text === undefined ? [] : [[path, text] as const];
  }));
}

async function crossed(seed: number): Promise<Pair> {
  const random = new Random(seed);
  const commit = (files: Files, parents: readonly Oid[]): Promise<Oid> => bench.repo.commit(Object.fromEntries(files), `seed ${seed}`, { parents, keep: false });
  let base: Files = new Map(FILES.map((path) => [path, LINES.map((line) => `${line} of ${path}\n`).join('')]));
  const root = await commit(base, []);
  let [ours, theirs] = [edited(random, base), edited(random, base)];
  let pair: Pair = { root, ours: await commit(ours, [root]), theirs: await commit(theirs, [root]) };
  for (let level = random.between(1, 2); level > 0; level -= 1) {
    const both = joined(base, ours, theirs);
    base = both;
    [ours, theirs] = [edited(random, both), edited(random, both)];
    pair = { root, ours: await commit(ours, [pair.ours, pair.theirs]), theirs: await commit(theirs, [pair.theirs, pair.ours]) };
  }
  return pair;
}

function said(opinion: EngineOpinion): string {
  return opinion.kind === 'clean' ? opinion.tree : opinion.kind;
}

it('two bases end in git\'s tree or git\'s conflict, or are left to git: in a shared repository and in the second opinion', async () => {
  const pairs: Pair[] = [];
  for (let seed = 1; seed <= HISTORIES; seed += 1) pairs.push(await crossed(seed));
  for (const [at, { ours, theirs }] of pairs.entries()) for (const [name, tip] of Object.entries({ ours, theirs })) bench.repo.branch(`${at}-${name}`, tip);
  const git = await bench.merger.mergeBatch(pairs.map(({ ours, theirs }) => [ours, theirs] as const));
  const live = await loadRepository(bench.repo.bare);
  const engine = openEngine({ attributes: { of: () => Promise.resolve({ kind: 'file', file: '', odd: [] }) }, reader: bench.reader, library: openLibrary(bench.reader) });
  const wrong: unknown[] = [];
  let decided = 0;
  for (const [at, { ours, theirs }] of pairs.entries()) {
    const shared = await live.whole(() => live.repository.tryMerge(`${at}-ours`, `${at}-theirs`));
    const opinion = said((await engine.merge([{ onto: ours, tip: theirs, commit: ours, tree: ours }]))[0]!);
    const judged = await live.whole(() => live.repository.judge(`${at}-ours`, `${at}-theirs`));
    if (judged.kind !== shared.kind) wrong.push({ seed: at + 1, judged, shared });
    const verdict = shared.kind === 'clean' ? shared.tree.id : shared.kind === 'conflict' ? 'conflict' : 'none';
    if (verdict !== 'none') decided += 1;
    if (verdict !== opinion || (verdict !== 'none' && verdict !== git[at])) wrong.push({ seed: at + 1, verdict, opinion, git: git[at] });
  }
  await live.close();
  expect(wrong).toEqual([]);
  expect(decided).toBeGreaterThan(HISTORIES / 4);
});

it('the radar has git\'s verdict on branches with two bases, with their target and with each other, mostly without git', async () => {
  const survey = openSurvey(bench.repo.bare);
  const refs = ['refs/heads/ours', 'refs/heads/theirs'] as RefName[];
  const kinds = new Set<string>();
  for (let seed = 1; seed <= HISTORIES / 3; seed += 1) {
    const { root, ours, theirs } = await crossed(seed);
    const [verdict] = await bench.merger.mergeBatch([[ours, theirs]]);
    const pair = await survey.survey({ target: 'refs/heads/main' as RefName, tip: root, branches: new Map([[refs[0]!, ours], [refs[1]!, theirs]]) });
    const withTarget = await survey.survey({ target: 'refs/heads/next' as RefName, tip: ours, branches: new Map([[refs[1]!, theirs]]) });
    expect({ seed, pair: pair.collisions.length > 0, target: (withTarget.branches[0]?.conflicts.length ?? 0) > 0 }).toEqual({ seed, pair: verdict === 'conflict', target: verdict === 'conflict' });
    for (const { by } of pair.collisions) kinds.add(by);
  }
  await survey.close();
  expect(kinds).toContain('engine');
}, 120_000);
