// Refs moved, however that came about: the API's memory of them, the webhooks, and what becomes of pull requests.
import type { Bare } from './bare.ts';
import { ZERO, commitFacts, commitTree, isAncestor, refsOf } from './bare.ts';
import { dequeue, event, inTurn, mergedPull, editIssue, openPullsFrom, patchRepository, suiteFor, synchronize } from './change.ts';
import type { By, Change } from './change.ts';
import type { Hub } from './hub.ts';
import type { RefUpdate } from './rule.ts';
import { pullsOf, repositoryOf } from './state.ts';
import type { Repository, State } from './state.ts';
import { repositoryPage } from './view.ts';

const COMMITS_IN_PAYLOAD_MAX = 2048;
/** More refs than this in one push, and GitHub sends no webhook for it. */
const REFS_WITH_WEBHOOKS_MAX = 3;

/** Reads the refs of the bare repository again and lets everything follow from what changed. */
export async function refsMoved(hub: Hub, bare: Bare, by: By): Promise<readonly RefUpdate[]> {
  const old = repositoryOf(hub.state(), by.repository).refs;
  const now = await refsOf(bare);
  const updates = [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .map((ref) => ({ ref, old: old[ref] ?? ZERO, new: now[ref] ?? ZERO }))
    .filter((one) => one.old !== one.new);
  hub.set((state) => patchRepository(state, by.repository, () => ({ refs: now })));
  const heads = updates.filter((one) => one.ref.startsWith('refs/heads/') || one.ref.startsWith('refs/tags/'));
  if (heads.length <= REFS_WITH_WEBHOOKS_MAX) for (const update of heads) await announce(hub, bare, by, update);
  for (const update of heads) await followPulls(hub, bare, by, update);
  return updates;
}

async function announce(hub: Hub, bare: Bare, by: By, update: RefUpdate): Promise<void> {
  const { name, type } = split(update.ref);
  const page = repositoryPage(hub.state(), repositoryOf(hub.state(), by.repository));
  const range = update.old === ZERO ? ['-1', update.new] : [`-${COMMITS_IN_PAYLOAD_MAX}`, `${update.old}..${update.new}`];
  const facts = update.new === ZERO ? [] : (await commitFacts(bare, range)).toReversed();
  const commits = facts.map((one) => ({
    id: one.sha, tree_id: one.tree, distinct: true, message: one.message, timestamp: one.date, url: `${page}/commit/${one.sha}`, author: { name: one.name, email: one.email },
    committer: { name: one.name, email: one.email }, added: [], removed: [], modified: [],
  }));
  const forced = update.old !== ZERO && update.new !== ZERO && !(await isAncestor(bare, update.old, update.new));
  const push = {
    ref: update.ref, before: update.old, after: update.new, created: update.old === ZERO, deleted: update.new === ZERO, forced, base_ref: null,
    compare: `${page}/compare/${update.old.slice(0, 12)}...${update.new.slice(0, 12)}`, commits, head_commit: commits.at(-1) ?? null, pusher: { name: by.login, email: `${by.login}@users.noreply.github.com` },
  };
  hub.apply((state) => inTurn(state, [
    ...(update.old === ZERO ? [(now: State) => one(now, 'create', by, { ref: name, ref_type: type, master_branch: repositoryOf(now, by.repository).defaultBranch, description: null, pusher_type: 'user' })] : []),
    ...(update.new === ZERO ? [(now: State) => one(now, 'delete', by, { ref: name, ref_type: type, pusher_type: 'user' })] : []),
    (now: State) => one(now, 'push', by, push),
    ...(update.new === ZERO || type === 'tag' ? [] : suites(state, by, update.new, name)),
  ]));
}

/** Every app with checks: write is asked for a suite of the new head. */
function suites(state: State, by: By, sha: string, branch: string): readonly ((state: State) => Change<unknown>)[] {
  const repository = repositoryOf(state, by.repository);
  return state.installations
    .filter((one) => one.permissions['checks'] === 'write' && one.account === repository.owner)
    .map((one) => (now: State) => suiteFor(now, by, one.app, sha, branch));
}

async function followPulls(hub: Hub, bare: Bare, by: By, update: RefUpdate): Promise<void> {
  const { name, type } = split(update.ref);
  if (type === 'tag') return;
  const repository = repositoryOf(hub.state(), by.repository);
  for (const pull of openPullsFrom(repository, name)) {
    // Whatever was queued is not this any more.
    hub.apply((state) => dequeue(state, by, pull.number, 'BRANCH_PROTECTIONS'));
    if (update.new === ZERO) hub.apply((state) => editIssue(state, by, pull.number, { state: 'closed' }));
    else hub.apply((state) => synchronize(state, by, pull.number, update.new));
  }
  if (update.new === ZERO) {
    for (const pull of basedOn(repository, name)) hub.apply((state) => editIssue(state, by, pull.number, { state: 'closed' }));
    return;
  }
  for (const pull of basedOn(repositoryOf(hub.state(), by.repository), name)) {
    if (await isAncestor(bare, pull.pull.headSha, update.new)) hub.apply((state) => mergedPull(state, by, pull.number, update.new));
  }
}

function basedOn(repository: Repository, branch: string) {
  return pullsOf(repository).filter((one) => one.state === 'open' && one.pull.base === branch);
}

/** The forge of April 2026: it answered ok, and the branch holds the commit's parents with the tree of before. */
export async function betray(bare: Bare, update: RefUpdate): Promise<void> {
  if (update.old === ZERO || update.new === ZERO) return;
  const [facts] = await commitFacts(bare, ['-1', update.new]);
  if (facts === undefined) return;
  const other = await commitTree(bare, `${update.old}^{tree}`, facts.parents, facts.message);
  await bare.must(['update-ref', update.ref, other, update.new]);
}

function one(state: State, name: string, by: By, payload: Readonly<Record<string, unknown>>): Change<null> {
  return { state, made: null, events: [event(name, null, by, payload)] };
}

function split(ref: string): { readonly name: string; readonly type: 'branch' | 'tag' } {
  return ref.startsWith('refs/tags/') ? { name: ref.slice('refs/tags/'.length), type: 'tag' } : { name: ref.slice('refs/heads/'.length), type: 'branch' };
}
