// The second opinion on merges about to land: by Maestro's own engine where it comes to the very tree, else by a git process that had no part in
// building them, and then git's word alone counts. Writes no ref.
import type { Oid } from '../../merge/branch.ts';
import type { Landing } from '../../merge/effect.ts';
import type { AttributeSource } from './attributes.ts';
import type { Engine, EngineOpinion, Made } from './engine-opinion.ts';
import { undo } from './inverse.ts';
import type { Merger } from './merge.ts';
import { IDENTITY } from './message.ts';
import type { ObjectWriter } from './object.ts';
import type { Reader } from './read.ts';
import { openPaths, openTest, unitsOf } from './unit.ts';
import type { Conflicted } from './unit.ts';
import type { Opinion, Recompute } from './verify.ts';

/** `merger` is one of its own, not the builder's; asked for when it is needed. */
type OpinionTools = {
  readonly attributes: AttributeSource;
  readonly reader: Reader;
  readonly writer: ObjectWriter;
  readonly engine: Engine;
  merger(): Merger;
  /** The engine and a second git disagree: worth an alarm to Maestro's makers, not to the lane, for git agrees with git. */
  onDisagreement(text: string): void;
};

export function secondOpinion(tools: OpinionTools): Recompute {
  return {
    recompute: (merges) => recompute(tools, merges),
    recheck: (landing) => recheck(tools, landing),
  };
}

async function recompute(tools: OpinionTools, merges: readonly Made[]): Promise<readonly Opinion[]> {
  const opinions = await tools.engine.merge(merges);
  const heard = merges.map((merge, at) => ({ merge, engine: opinions[at] ?? SILENT }));
  const open = heard.filter(({ merge, engine }) => !confirms(engine, merge));
  const trees = await mergeAgain(tools, open.map(({ merge }) => merge));
  return heard.map(({ merge, engine }): Opinion => {
    if (confirms(engine, merge)) return { tree: merge.tree, by: { by: 'engine' } };
    const tree = trees[open.findIndex((one) => one.merge === merge)] ?? 'conflict';
    const said = sayingOf(engine);
    if (engine.kind !== 'none' && said !== tree) tools.onDisagreement(`The engine merges ${merge.tip} into ${merge.onto} to ${said}, git to ${tree}: git's word counts. Please report this.`);
    return { tree, by: { by: 'git', engine: said } };
  });
}

const SILENT: EngineOpinion = { kind: 'none', why: 'not told' };

/** Only the very tree that is to land: anything else it says is asked of git. */
function confirms(engine: EngineOpinion, { tree }: Made): boolean {
  return engine.kind === 'clean' && engine.tree === tree;
}

function sayingOf(engine: EngineOpinion): string {
  switch (engine.kind) {
    case 'clean': return engine.tree;
    case 'conflict': return 'conflict';
    case 'none': return engine.why;
  }
}

/** Attributes of a target seldom change, so nearly always this is one process. */
async function mergeAgain(tools: OpinionTools, pairs: readonly { readonly onto: Oid; readonly tip: Oid }[]): Promise<readonly (Oid | 'conflict')[]> {
  const attributes = await Promise.all(pairs.map(({ onto }) => tools.attributes.of(onto)));
  const files = attributes.map((one) => one.kind === 'file' ? one.file : null);
  const trees: (Oid | 'conflict')[] = pairs.map(() => 'conflict');
  for (const file of new Set(files)) {
    if (file === null) continue;
    const indexes = [...pairs.keys()].filter((at) => files[at] === file);
    const answers = await tools.merger().mergeBatch(indexes.flatMap((at) => pairs[at] === undefined ? [] : [[pairs[at].onto, pairs[at].tip] as const]), file);
    for (const [at, index] of indexes.entries()) trees[index] = answers[at] ?? 'conflict';
  }
  return trees;
}

async function recheck(tools: OpinionTools, landing: Landing): Promise<Oid | null> {
  const [attributes, onto] = await Promise.all([tools.attributes.of(landing.onto), tools.reader.commit(landing.onto)]);
  if (onto === null || attributes.kind === 'unusable') return null;
  const { file } = attributes;
  if (landing.how === 'inverse') return landing.undoes === null ? null : undone(tools, landing.undoes, onto.tree, file);
  const start = await restored(tools, landing, onto.tree, file);
  if (start === null) return null;
  const result = await tools.merger().merge(start, landing.tip, file);
  if (result.kind === 'clean') return landing.how === 'clean' ? result.tree : null;
  return landing.how === 'resolved' && await staysInside(tools, result, start, landing) ? landing.tree : null;
}

async function undone(tools: OpinionTools, commit: Oid, tree: Oid, attributes: string): Promise<Oid | null> {
  const result = await undo({ reader: tools.reader, merger: tools.merger() }, commit, tree, attributes);
  return result.kind === 'clean' ? result.tree : null;
}

/** `onto`, or a stand-in on top of it with the rolled back work brought in again. */
async function restored(tools: OpinionTools, landing: Landing, ontoTree: Oid, attributes: string): Promise<Oid | null> {
  let tree = ontoTree;
  for (const revert of landing.restores) {
    const next = await undone(tools, revert, tree, attributes);
    if (next === null) return null;
    tree = next;
  }
  return tree === ontoTree ? landing.onto : tools.writer.commit({ tree, parents: [landing.onto], identity: IDENTITY, atMs: 0, message: 'restored' });
}

/** A resolution may change what git called a conflict and nothing beside it. */
async function staysInside(tools: OpinionTools, result: Conflicted, start: Oid, landing: Landing): Promise<boolean> {
  const units = unitsOf(result, { ours: start, theirs: landing.tip, oursName: 'target', theirsName: 'branch' });
  const isOpen = openTest(openPaths(units));
  return (await tools.reader.changes(result.tree, landing.tree)).every(({ path }) => isOpen(path));
}
