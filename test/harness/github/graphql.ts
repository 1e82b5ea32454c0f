// The GraphQL operations that are made here: updateRefs, enqueuePullRequest, dequeuePullRequest, a pull request by number or by its branch. Input comes in variables only.
import { ZERO, isAncestor, mergeTrees } from './bare.ts';
import { dequeue, enqueue } from './change.ts';
import type { Hub } from './hub.ts';
import { refsMoved } from './ref.ts';
import { holds } from './auth.ts';
import { refusals } from './rule.ts';
import type { Actor } from './rule.ts';
import { bareAt } from './bare.ts';
import type { Bare } from './bare.ts';
import { pullOf, pullsOf, reaches, repositoryNamed } from './state.ts';
import type { Permissions, Pull, Repository } from './state.ts';
import { rulesFor } from './view-check.ts';
import { iso, nodeId, repositoryPage } from './view.ts';

type Query = { readonly query: string; readonly variables: Readonly<Record<string, unknown>> };
type Answer = { readonly data: unknown; readonly errors?: readonly { readonly type: string; readonly path: readonly string[]; readonly message: string }[] };
type Where = { readonly repository: Repository; readonly bare: Bare };
type RefAsk = { readonly name: string; readonly afterOid: string; readonly beforeOid?: string; readonly force?: boolean };

class GraphError extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

/** Always 200: GraphQL's errors are in the body. */
export async function answerGraph(hub: Hub, actor: Actor, asked: Query): Promise<Answer> {
  const field = ['updateRefs', 'enqueuePullRequest', 'dequeuePullRequest', 'repository'].find((name) => new RegExp(String.raw`\b${name}\s*\(`).test(asked.query)) ?? 'unknown';
  try {
    return { data: { [field]: await resolve(hub, actor, field, asked) } };
  } catch (error) {
    if (error instanceof GraphError) return { data: { [field]: null }, errors: [{ type: error.type, path: [field], message: error.message }] };
    throw error;
  }
}

function resolve(hub: Hub, actor: Actor, field: string, asked: Query): Promise<unknown> {
  const input = asked.variables['input'];
  const given = (typeof input === 'object' && input !== null ? input : asked.variables) as Readonly<Record<string, unknown>>;
  switch (field) {
    case 'updateRefs': return updateRefs(hub, actor, given);
    case 'enqueuePullRequest': return enqueuePull(hub, actor, given);
    case 'dequeuePullRequest': return dequeuePull(hub, actor, given);
    case 'repository': return pullQuery(hub, actor, asked.variables);
    default: throw new GraphError('UNPROCESSABLE', 'This operation is not part of the simulated GitHub.');
  }
}

/** All refs, or none; each only from where it was said to be. */
async function updateRefs(hub: Hub, actor: Actor, input: Readonly<Record<string, unknown>>): Promise<unknown> {
  const { repository, bare } = byNode(hub, actor, String(input['repositoryId']), [{ contents: 'write' }]);
  const asks = (Array.isArray(input['refUpdates']) ? input['refUpdates'] : []) as readonly RefAsk[];
  return hub.alone(repository.id, async () => {
    for (const ask of asks) await refuseUpdate(hub, actor, { repository, bare }, ask);
    const lines = asks.map((ask) => (ask.afterOid === ZERO ? `delete ${ask.name}` : `update ${ask.name} ${ask.afterOid}${ask.beforeOid === undefined ? '' : ` ${ask.beforeOid}`}`));
    const done = await bare.run(['update-ref', '--stdin'], `start\n${lines.join('\n')}\ncommit\n`);
    if (done.code !== 0) throw new GraphError('UNPROCESSABLE', `Reference update failed: ${asks[0]?.name ?? ''} is not at the expected object id`);
    await refsMoved(hub, bare, { repository: repository.id, login: loginOf(actor), atMs: hub.nowMs() });
    return { clientMutationId: input['clientMutationId'] ?? null };
  });
}

async function refuseUpdate(hub: Hub, actor: Actor, { repository, bare }: Where, ask: RefAsk): Promise<void> {
  const { code, stdout } = await bare.run(['rev-parse', '--verify', '--quiet', ask.name]);
  const old = code === 0 ? stdout : ZERO;
  if (ask.beforeOid !== undefined && ask.beforeOid !== old) throw new GraphError('STALE_DATA', `Ref ${ask.name} is at ${old} but expected ${ask.beforeOid}`);
  const forward = old === ZERO || ask.afterOid === ZERO || await isAncestor(bare, old, ask.afterOid);
  if (!forward && ask.force !== true) throw new GraphError('UNPROCESSABLE', `Update to ${ask.name} is not a fast forward`);
  const held = refusals(repository, repositoryPage(hub.state(), repository), actor, { ref: ask.name, old, new: ask.afterOid }).find((one) => one.when === 'always' || (one.when === 'forced' && !forward));
  if (held !== undefined) throw new GraphError('UNPROCESSABLE', held.said.filter((line) => line !== '').join('\n'));
}

async function enqueuePull(hub: Hub, actor: Actor, input: Readonly<Record<string, unknown>>): Promise<unknown> {
  for (const repository of hub.state().repositories) {
    const pull = repository.issues.find((one) => nodeId('PR', one.id) === input['pullRequestId']);
    if (pull === undefined || pull.pull === null) continue;
    const { bare } = permitted(hub, actor, repository, [{ pull_requests: 'write' }, { contents: 'write' }]);
    const open: Pull = { ...pull, pull: pull.pull };
    await refuseEnqueue({ repository, bare }, open, input['expectedHeadOid']);
    const made = hub.apply((state) => enqueue(state, { repository: repository.id, login: loginOf(actor), atMs: hub.nowMs() }, pull.number));
    return { mergeQueueEntry: { id: nodeId('MQE', made.id), position: repository.queue.length + 1, state: 'QUEUED', enqueuedAt: iso(hub.nowMs()), headCommit: { oid: made.headSha } } };
  }
  throw new GraphError('NOT_FOUND', `Could not resolve to a node with the global id of '${String(input['pullRequestId'])}'`);
}

async function dequeuePull(hub: Hub, actor: Actor, input: Readonly<Record<string, unknown>>): Promise<unknown> {
  for (const repository of hub.state().repositories) {
    const pull = repository.issues.find((one) => nodeId('PR', one.id) === input['id']);
    if (pull === undefined || pull.pull === null) continue;
    permitted(hub, actor, repository, [{ pull_requests: 'write' }, { contents: 'write' }]);
    const entry = repository.queue.find((one) => one.pull === pull.number);
    const isOut = hub.apply((state) => dequeue(state, { repository: repository.id, login: loginOf(actor), atMs: hub.nowMs() }, pull.number, 'MANUAL'));
    if (!isOut || entry === undefined) throw new GraphError('UNPROCESSABLE', 'Pull request is not in the merge queue');
    return { mergeQueueEntry: { id: nodeId('MQE', entry.id) } };
  }
  throw new GraphError('NOT_FOUND', `Could not resolve to a node with the global id of '${String(input['id'])}'`);
}

async function refuseEnqueue({ repository, bare }: Where, pull: Pull, expected: unknown): Promise<void> {
  if (!rulesFor(repository, pull.pull.base).some((rule) => rule.mergeQueue)) throw new GraphError('UNPROCESSABLE', 'Merge queue is not enabled for this branch');
  if (repository.queue.some((one) => one.pull === pull.number)) throw new GraphError('UNPROCESSABLE', 'Pull request is already in the queue');
  if (typeof expected === 'string' && expected !== pull.pull.headSha) throw new GraphError('UNPROCESSABLE', 'Pull request head oid does not match the expected oid');
  if (pull.state !== 'open' || (await mergeTrees(bare, `refs/heads/${pull.pull.base}`, pull.pull.headSha)).kind === 'conflict') throw new GraphError('UNPROCESSABLE', 'Pull request is not in a mergeable state');
}

async function pullQuery(hub: Hub, actor: Actor, variables: Readonly<Record<string, unknown>>): Promise<unknown> {
  const named = repositoryNamed(hub.state(), String(variables['owner']), String(variables['name'] ?? variables['repo']));
  if (named === null) throw new GraphError('NOT_FOUND', `Could not resolve to a Repository with the name '${String(variables['owner'])}/${String(variables['name'])}'.`);
  const { repository } = permitted(hub, actor, named, [{ metadata: 'read' }]);
  const id = nodeId('R', repository.id);
  if (variables['head'] !== undefined) return { id, pullRequests: { nodes: pullsOf(repository).filter((one) => one.pull.head === variables['head'] && one.pull.base === variables['base']).toReversed().slice(0, 5).map((one) => queuedView(repository, one)) } };
  if (variables['number'] === undefined) return { id };
  const pull = pullOf(repository, Number(variables['number']));
  if (pull === null) throw new GraphError('NOT_FOUND', `Could not resolve to a PullRequest with the number of ${Number(variables['number'])}.`);
  return { id, pullRequest: { ...queuedView(repository, pull), number: pull.number, title: pull.title, headRefName: pull.pull.head, baseRefName: pull.pull.base } };
}

function queuedView(repository: Repository, pull: Pull) {
  const queued = repository.queue.find((one) => one.pull === pull.number);
  const removals = repository.removals.filter((one) => one.pull === pull.number).slice(-1).map(({ reason, atMs }) => ({ createdAt: iso(atMs), reason }));
  return {
    id: nodeId('PR', pull.id), state: pull.pull.merged === null ? pull.state.toUpperCase() : 'MERGED', isCrossRepository: false, headRefOid: pull.pull.headSha, isInMergeQueue: queued !== undefined,
    mergeQueueEntry: queued === undefined ? null : { id: nodeId('MQE', queued.id) }, mergeCommit: pull.pull.merged === null ? null : { oid: pull.pull.merged.commit }, timelineItems: { nodes: removals },
  };
}

function byNode(hub: Hub, actor: Actor, node: string, needs: readonly Permissions[]): Where {
  const repository = hub.state().repositories.find((one) => nodeId('R', one.id) === node);
  if (repository === undefined) throw new GraphError('NOT_FOUND', `Could not resolve to a node with the global id of '${node}'`);
  return permitted(hub, actor, repository, needs);
}

function permitted(hub: Hub, actor: Actor, repository: Repository, needs: readonly Permissions[]): Where {
  const installation = actor.kind === 'installation' ? hub.state().installations.find((one) => one.id === actor.installation) : undefined;
  const seen = actor.kind === 'installation' && installation !== undefined && reaches(installation, repository) && (actor.repositories === 'all' || actor.repositories.includes(repository.id));
  if (!seen) throw new GraphError('NOT_FOUND', 'Could not resolve to a Repository.');
  if (!holds(actor.permissions, needs)) throw new GraphError('FORBIDDEN', 'Resource not accessible by integration');
  return { repository, bare: bareAt(repository.bare) };
}

function loginOf(actor: Actor): string {
  return actor.kind === 'nobody' ? '' : actor.login;
}
