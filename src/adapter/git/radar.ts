// The radar over a real repository: chooses the live branches, brings in what the engine's radar wants, and asks git what the engine declined.
// Works on a view, so that no object of a merge nobody wants is ever in the repository itself.
import { MaestroError } from '../../error.ts';
import { Radar, type Finding, type PairBase, type RadarBranch as Tracked } from '../../engine/radar/radar.ts';
import { Tree } from '../../engine/object/node.ts';
import type { Clash } from '../../engine/merge/outcome.ts';
import type { Oid, RefName } from '../../merge/branch.ts';
import { shortName } from '../../merge/branch.ts';
import type { RadarAsk, RadarLane } from '../../merge/radar.ts';
import type { Survey } from '../../port/radar.ts';
import { EVERYWHERE } from './attribute-lines.ts';
import { attributeSource, type AttributeSource } from './attributes.ts';
import { openLibrary, type Library } from './library.ts';
import type { MergeResult } from './merge-output.ts';
import { ownHistories, pairBases, type Live, type OwnHistories } from './own-history.ts';
import { commonTrees, type CommonTrees } from './common-tree.ts';
import { crowdsOf } from './crowd.ts';
import { laneOf, standingsOf } from './radar-lane.ts';
import { openHistory, type History } from './shared-history.ts';
import { treeBudget } from './tree-budget.ts';
import { unitsOf } from './unit.ts';
import { openView, type View } from './view.ts';

export type SurveyLimits = {
  /** The newest are looked at. */
  readonly branchesMax: number;
  /** Before the tip of the target: where nothing moves at all nothing grows old. */
  readonly ageMsMax: number;
  /** Merges that git is asked for in one survey. */
  readonly askedMax: number;
};

const DAY_MS = 86_400_000;
export const SURVEY_LIMITS: SurveyLimits = { branchesMax: 1_000, ageMsMax: 90 * DAY_MS, askedMax: 1_000 };

/** Rounds of bringing in what the radar wants; what it still lacks then is asked of git. */
const ROUNDS_MAX = 400;
const BRING_MAX = 5_000;
/** Tips asked for at once: what waits for a git process is bounded. */
const READ_AT_ONCE_MAX = 5_000;
/** Objects of git's merges pile up in a view: then it is thrown away. */
const ASKED_A_VIEW_MAX = 10_000;
const ANSWERS_KEPT_MAX = 50_000;

/** Null: git has no answer either, and will have none. */
type Answers = Map<string, readonly Clash[] | null>;
type Sight = { readonly radar: Radar; readonly lives: Map<string, Live> };
type Bench = { readonly view: View; readonly library: Library; readonly history: History; readonly common: CommonTrees; readonly attributes: AttributeSource; asked: number };

/** `gitDir` is read and never written to. Nothing is opened before the first survey. */
export function openSurvey(gitDir: string, limits: SurveyLimits = SURVEY_LIMITS): Survey {
  const sights = new Map<RefName, Sight>();
  const answers: Answers = new Map();
  let bench: Bench | null = null;
  let last: Promise<unknown> = Promise.resolve();
  const work = async (ask: RadarAsk): Promise<RadarLane> => {
    if (bench !== null && bench.asked > ASKED_A_VIEW_MAX) {
      await bench.view.close();
      bench = null;
    }
    bench ??= openBench(gitDir);
    if (answers.size > ANSWERS_KEPT_MAX) answers.clear();
    const sight = sights.get(ask.target) ?? { radar: new Radar(), lives: new Map<string, Live>() };
    sights.set(ask.target, sight);
    return look(bench, sight, answers, ask, limits);
  };
  return {
    survey: (ask) => {
      const mine = last.then(() => work(ask));
      last = mine.catch(() => undefined);
      return mine;
    },
    close: async () => {
      await last;
      await bench?.view.close();
      bench = null;
    },
  };
}

function openBench(gitDir: string): Bench {
  const view = openView(gitDir);
  const library = openLibrary(view.reader);
  return { view, library, history: openHistory(view.git, view.reader), common: commonTrees(view.reader, library), attributes: attributeSource(view.git.directory, view.reader, treeBudget(view.reader)), asked: 0 };
}

async function look(bench: Bench, sight: Sight, answers: Answers, ask: RadarAsk, limits: SurveyLimits): Promise<RadarLane> {
  const { reader } = bench.view;
  const target = await reader.commit(ask.tip);
  if (target === null) throw new MaestroError('git-failed', `${ask.tip} is not in the mirror`, { retryable: true });
  const chosen = await choose(bench, ask, target.at * 1000 - limits.ageMsMax, limits);
  const rules = await bench.attributes.of(ask.tip);
  const odd = rules.kind === 'file' ? rules.odd : EVERYWHERE;
  const common: Common = (bases) => bench.common(bases, chosen.histories, odd);
  sight.radar.aim(Tree.known(target.tree), odd);
  for (const name of sight.radar.names) if (!chosen.lives.has(name)) sight.radar.remove(name);
  sight.lives.clear();
  for (const [name, live] of chosen.lives) {
    sight.lives.set(name, live);
    sight.radar.put(await tracked(common, live));
  }
  await settle(bench, sight, chosen.histories, common);
  await askGit(bench, sight, answers, ask.tip, rules.kind === 'file' ? rules.file : null, limits.askedMax);
  const standings = standingsOf(sight.radar);
  const crowds = await crowdsOf(bench.library, sight.radar, sight.lives, standings.standings);
  return laneOf({ target: shortName(ask.target), tip: ask.tip, leftOut: chosen.leftOut }, sight.radar, sight.lives, standings, crowds);
}

/** The tree of these merge bases. */
type Common = (bases: readonly Oid[]) => Promise<Tree | null>;
type Chosen = { readonly lives: ReadonlyMap<string, Live>; readonly histories: OwnHistories; readonly leftOut: RadarLane['leftOut'] };

async function choose({ view, history }: Bench, { tip, branches }: RadarAsk, sinceMs: number, limits: SurveyLimits): Promise<Chosen> {
  const known = await tipsOf(view, [...branches]);
  const young = known.filter(({ commit }) => commit.at * 1000 >= sinceMs);
  const histories = await ownHistories({ ...view, history }, tip, young.map(({ commit }) => commit.oid));
  const open = young.flatMap(({ ref, commit }) => {
    const own = histories.of.get(commit.oid);
    return own === undefined ? [] : [{ ref, commit, history: own }];
  });
  const newest = open.toSorted((a, b) => b.commit.at - a.commit.at || (a.ref < b.ref ? -1 : 1)).slice(0, limits.branchesMax);
  return { lives: new Map(newest.map((live) => [live.ref, live])), histories, leftOut: { old: known.length - young.length, beyond: open.length - newest.length } };
}

async function tipsOf({ reader }: View, branches: readonly (readonly [RefName, Oid])[]): Promise<readonly Pick<Live, 'ref' | 'commit'>[]> {
  const known: Pick<Live, 'ref' | 'commit'>[] = [];
  for (let at = 0; at < branches.length; at += READ_AT_ONCE_MAX) {
    const commits = await Promise.all(branches.slice(at, at + READ_AT_ONCE_MAX).map(async ([ref, oid]) => ({ ref, commit: await reader.commit(oid) })));
    for (const { ref, commit } of commits) if (commit !== null) known.push({ ref, commit });
  }
  return known;
}

async function tracked(common: Common, { ref, commit, history }: Live): Promise<Tracked> {
  const base = history === null ? null : await common(history.bases);
  return { name: ref, tip: commit.oid, tree: Tree.known(commit.tree), base };
}

async function settle({ library }: Bench, { radar, lives }: Sight, histories: OwnHistories, common: Common): Promise<void> {
  const bases = new Map<string, Tree | 'git'>();
  const baseOf: PairBase = (one, other) => bases.get(`${one.tip} ${other.tip}`) ?? 'unknown';
  const lost = new Set<string>();
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const wants = radar.settle(library.shelf, baseOf);
    if (wants.objects.length + wants.bases.length === 0) return;
    const found = await Promise.all(wants.bases.map(async ([one, other]) => findBase(common, histories, lives.get(one), lives.get(other))));
    for (const [at, [one, other]] of wants.bases.entries()) bases.set(`${lives.get(one)?.commit.oid} ${lives.get(other)?.commit.oid}`, found[at] ?? 'git');
    const objects = wants.objects.filter((id) => !lost.has(id));
    if (objects.length + wants.bases.length === 0) break;
    for (let at = 0; at < objects.length; at += BRING_MAX) await bring(library, objects.slice(at, at + BRING_MAX), lost);
  }
  radar.giveUp();
}

/** One that cannot be read must not keep the others away. */
async function bring(library: Library, ids: readonly string[], lost: Set<string>): Promise<void> {
  if (await library.bring(ids) === null) return;
  for (const id of ids) if (await library.bring([id]) !== null) lost.add(id);
}

async function findBase(common: Common, histories: OwnHistories, one: Live | undefined, other: Live | undefined): Promise<Tree | 'git'> {
  if (one?.history === undefined || one.history === null || other?.history === undefined || other.history === null) return 'git';
  const bases = await pairBases(histories, { ...one.history, tip: one.commit.oid }, { ...other.history, tip: other.commit.oid });
  return await common(bases) ?? 'git';
}

/** First what stands between a branch and its target: without it nothing can be said of the others. */
async function askGit(bench: Bench, { radar, lives }: Sight, answers: Answers, target: Oid, attributes: string | null, askedMax: number): Promise<void> {
  const isOpen = (finding: Finding | null): boolean => finding?.kind === 'open';
  const tipOf = (name: string): Oid | undefined => lives.get(name)?.commit.oid;
  const open: readonly (readonly [string, string | null])[] = [
    ...radar.names.filter((name) => isOpen(radar.against(name))).map((name) => [name, null] as const),
    ...radar.collisions().filter(({ finding }) => isOpen(finding)).map(({ one, other }) => [one, other] as const),
  ];
  if (attributes === null) return;
  let left = askedMax;
  for (const [one, other] of open) {
    // As the engine has it: `one` is ours, and the target is ours where it is the target.
    const [ours, theirs] = other === null ? [target, tipOf(one)] : [tipOf(one), tipOf(other)];
    if (ours === undefined || theirs === undefined || (other === null && isStranger(lives.get(one)))) continue;
    const key = `${ours} ${theirs} ${attributes}`;
    if (!answers.has(key)) {
      if (left === 0) continue;
      left -= 1;
      bench.asked += 1;
      const clashes = await gitClashes(bench, ours, theirs, attributes);
      if (clashes !== 'not-now') answers.set(key, clashes);
    }
    const clashes = answers.get(key);
    if (clashes !== undefined && clashes !== null) radar.answer(one, other, clashes);
  }
}

/** Nothing in common with the target: git refuses that merge, whatever the target moves to. */
function isStranger(live: Live | undefined): boolean {
  return live?.history?.bases.length === 0;
}

async function gitClashes({ view }: Bench, ours: Oid, theirs: Oid, attributes: string): Promise<readonly Clash[] | null | 'not-now'> {
  try {
    return clashesIn(await view.merger.merge(ours, theirs, attributes), ours, theirs);
  } catch (error) {
    // Unrelated histories, or a git that gave up: it stays undecided.
    if (error instanceof MaestroError) return error.retryable ? 'not-now' : null;
    throw error;
  }
}

const KINDS: Readonly<Record<string, Clash['kind']>> = { content: 'content', 'add/add': 'add-add', 'modify/delete': 'modify-delete', binary: 'binary', mode: 'mode', submodule: 'module' };

function clashesIn(result: MergeResult, ours: Oid, theirs: Oid): readonly Clash[] {
  if (result.kind === 'clean') return [];
  return unitsOf(result, { ours, theirs, oursName: ours, theirsName: theirs }).map(({ path, kind }) => ({ path, kind: KINDS[kind] ?? 'rename', hunks: [] }));
}
