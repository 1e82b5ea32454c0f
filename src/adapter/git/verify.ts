// The last look before a push: is this exactly the chain the ledger speaks of, and does a second git come to the same trees? Changes nothing.
import type { Oid } from '../../merge/branch.ts';
import type { SecondOpinion } from '../../merge/certificate.ts';
import type { Landing } from '../../merge/effect.ts';
import type { Intent } from '../../merge/event.ts';
import type { Commit } from '../../port/git.ts';

/** `engine`: what Maestro's own merge said, or why it said nothing, where a second git had to be asked. */
export type Opinion = { readonly tree: Oid | 'conflict'; readonly by: SecondOpinion };

export type Recompute = {
  /** Each merge made once more, by somebody who had no part in building it. */
  recompute(merges: readonly Pick<Landing, 'onto' | 'tip' | 'tree' | 'commit'>[]): Promise<readonly Opinion[]>;
  /** The tree of a merge that git alone does not make (resolved, restoring, inverse), made or checked once more; null: it does not hold. */
  recheck(landing: Landing): Promise<Oid | null>;
};

/** `lost`: the mirror does not have the commits (any more), which says nothing about them. `opinions` as the landings. */
type Verified = { readonly kind: 'lost' } | { readonly kind: 'wrong'; readonly detail: string } | { readonly kind: 'sound'; readonly opinions: readonly SecondOpinion[] };

export async function verify(context: Recompute & { commit(oid: Oid): Promise<Commit | null> }, intent: Intent, landings: readonly Landing[]): Promise<Verified> {
  const commits = await Promise.all([intent.old, ...landings.flatMap(({ commit, tip }) => [commit, tip])].map((oid) => context.commit(oid)));
  if (commits.includes(null)) return { kind: 'lost' };
  const known = new Map(commits.flatMap((commit) => commit === null ? [] : [[commit.oid, commit] as const]));
  const broken = brokenChain(intent, landings, known);
  return broken === null ? compareTrees(context, landings) : { kind: 'wrong', detail: broken };
}

function brokenChain(intent: Intent, landings: readonly Landing[], commits: ReadonlyMap<Oid, Commit>): string | null {
  let below = intent.old;
  for (const landing of landings) {
    const commit = commits.get(landing.commit);
    const where = `The merge ${landing.commit.slice(0, 12)} of ${landing.id}`;
    if (commit === undefined || landing.onto !== below || commit.parents[0] !== below) return `${where} does not stand on what it was built on.`;
    if (commit.tree !== landing.tree) return `${where} does not have the tree that was checked.`;
    const second = commit.parents.slice(1);
    if (second.length > 1 || (second[0] ?? landing.tip) !== landing.tip || (second.length === 0 && landing.how !== 'inverse')) return `${where} has other parents than it should.`;
    below = landing.commit;
  }
  if (landings.length === 0 || below !== intent.new) return 'The last merge is not the one that was to land.';
  return landings.at(-1)?.tree === intent.tree ? null : 'The last tree is not the one that was to land.';
}

async function compareTrees(context: Recompute, landings: readonly Landing[]): Promise<Verified> {
  const clean = landings.filter((landing) => isPlain(landing));
  const [recomputed, opinions] = await Promise.all([
    clean.length === 0 ? [] : context.recompute(clean),
    Promise.all(landings.map(async (landing) => isPlain(landing) ? null : { tree: await context.recheck(landing), by: BY_GIT })),
  ]);
  const all = landings.map((landing, at) => ({ landing, opinion: opinions[at] ?? recomputed[clean.indexOf(landing)] }));
  const wrong = all.find(({ landing, opinion }) => opinion?.tree !== landing.tree);
  if (wrong !== undefined) return { kind: 'wrong', detail: `A second git comes to another result for ${wrong.landing.id}: ${wrong.opinion?.tree ?? 'none'} instead of ${wrong.landing.tree}.` };
  return { kind: 'sound', opinions: all.map(({ opinion }) => opinion?.by ?? BY_GIT) };
}

const BY_GIT: SecondOpinion = { by: 'git', engine: 'not asked: more than a plain merge' };

function isPlain(landing: Landing): boolean {
  return landing.how === 'clean' && landing.restores.length === 0;
}
