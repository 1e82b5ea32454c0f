// What Maestro's own merge in memory makes of two commits. Never instead of git's: it confirms, or it has nothing to say. Starts no process.
import type { Oid } from '../../merge/branch.ts';
import { BASES_DEPTH_MAX, mergeCommits, type History } from '../../engine/merge/merge-commits.ts';
import { Tree } from '../../engine/object/node.ts';
import type { AttributeSource } from './attributes.ts';
import type { Library } from './library.ts';
import type { Reader } from './read.ts';

export type EngineOpinion =
  | { readonly kind: 'clean'; readonly tree: string }
  | { readonly kind: 'conflict' }
  /** Not modelled, not read, or not git's plain rules. */
  | { readonly kind: 'none'; readonly why: string };

const SHA1_DIGITS = 40;

export type Engine = { merge(onto: Oid, tip: Oid): Promise<EngineOpinion> };

export function openEngine(tools: { readonly attributes: AttributeSource; readonly reader: Reader; readonly library: Library }): Engine {
  return {
    merge: async (onto, tip) => {
      try {
        return await opinionOn(tools, onto, tip);
      } catch (error) {
        // Whatever is wrong with it, a second git is still there to ask.
        return none(error instanceof Error ? error.message : String(error));
      }
    },
  };
}

async function opinionOn({ attributes, reader, library }: Parameters<typeof openEngine>[0], onto: Oid, tip: Oid): Promise<EngineOpinion> {
  const rules = await attributes.of(onto);
  if (rules.kind === 'unusable' || !rules.plain) return none('attributes');
  if (onto.length !== SHA1_DIGITS) return none('the repository is not SHA-1');
  const known = await historyOf(reader, onto, tip);
  if (known === null) return none('a commit is not there');
  const outcome = await library.answer((shelf) => mergeCommits(onto, tip, known, shelf));
  switch (outcome.kind) {
    case 'clean': return { kind: 'clean', tree: outcome.tree.id };
    case 'conflict': return { kind: 'conflict' };
    case 'declined': return none(outcome.why.kind === 'bases' ? `${outcome.why.count} merge bases` : outcome.why.kind);
    case 'unread': return none(outcome.why);
  }
}

/** As far as a merge asks: where there are two bases they are merged first, from the bases of their own. null: it is not all there. */
async function historyOf(reader: Reader, ours: Oid, theirs: Oid): Promise<History<Oid> | null> {
  const bases = new Map<string, readonly Oid[]>();
  const trees = new Map<Oid, Tree>();
  let pair: readonly [Oid, Oid] | null = [ours, theirs];
  for (let depth = 0; pair !== null && depth <= BASES_DEPTH_MAX; depth += 1) {
    const [one, other]: readonly [Oid, Oid] = pair;
    const found: readonly Oid[] = await reader.mergeBases(one, other);
    bases.set(`${one} ${other}`, found);
    const commits = await Promise.all([one, other, ...found].map((oid) => reader.commit(oid)));
    for (const commit of commits) {
      if (commit === null) return null;
      trees.set(commit.oid, Tree.known(commit.tree));
    }
    const [first, second, ...more]: readonly Oid[] = found;
    pair = first === undefined || second === undefined || more.length > 0 ? null : [first, second];
  }
  return { mergeBases: (one, other) => bases.get(`${one} ${other}`) ?? [], treeOf: (oid) => trees.get(oid) ?? Tree.of([]) };
}

function none(why: string): EngineOpinion {
  return { kind: 'none', why };
}
