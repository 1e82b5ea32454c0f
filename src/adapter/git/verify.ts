// The last look before a push: is this exactly the chain the ledger speaks of, and does a second git come to the same trees? Changes nothing.
import type { Oid } from '../../merge/branch.ts';
import type { Landing } from '../../merge/effect.ts';
import type { Intent } from '../../merge/event.ts';
import type { Commit } from '../../port/git.ts';

export type Recompute = {
  /** The merge of each pair by a fresh git process. */
  recompute(pairs: readonly { readonly onto: Oid; readonly tip: Oid }[]): Promise<readonly (Oid | 'conflict')[]>;
  /** The tree of a merge that git alone does not make (resolved, restoring, inverse), made or checked once more; null: it does not hold. */
  recheck(landing: Landing): Promise<Oid | null>;
};

/** `lost`: the mirror does not have the commits (any more), which says nothing about them. */
type Fault = { readonly kind: 'lost' } | { readonly kind: 'wrong'; readonly detail: string };

export async function faultOf(context: Recompute & { commit(oid: Oid): Promise<Commit | null> }, intent: Intent, landings: readonly Landing[]): Promise<Fault | null> {
  const commits = await Promise.all([intent.old, ...landings.flatMap(({ commit, tip }) => [commit, tip])].map((oid) => context.commit(oid)));
  if (commits.includes(null)) return { kind: 'lost' };
  const known = new Map(commits.flatMap((commit) => commit === null ? [] : [[commit.oid, commit] as const]));
  const broken = brokenChain(intent, landings, known) ?? await differentTree(context, landings);
  return broken === null ? null : { kind: 'wrong', detail: broken };
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

async function differentTree(context: Recompute, landings: readonly Landing[]): Promise<string | null> {
  const clean = landings.filter((landing) => isPlain(landing));
  const others = landings.filter((landing) => !isPlain(landing));
  const [trees, rechecked] = await Promise.all([
    clean.length === 0 ? [] : context.recompute(clean),
    Promise.all(others.map((landing) => context.recheck(landing))),
  ]);
  const wrong = [...clean.map((landing, at) => ({ landing, tree: trees[at] })), ...others.map((landing, at) => ({ landing, tree: rechecked[at] }))]
    .find(({ landing, tree }) => tree !== landing.tree);
  return wrong === undefined ? null : `A second git comes to another result for ${wrong.landing.id}: ${wrong.tree ?? 'none'} instead of ${wrong.landing.tree}.`;
}

function isPlain(landing: Landing): boolean {
  return landing.how === 'clean' && landing.restores.length === 0;
}
