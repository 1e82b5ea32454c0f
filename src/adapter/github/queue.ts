// GitHub's merge queue as its GraphQL API tells of it: the pull request of a branch, and the way in. Knows no landing.
import { z } from 'zod';
import { parseOid, shortName, type Oid, type RefName } from '../../merge/branch.ts';
import type { QueuedPull } from '../../port/forge.ts';
import type { Api, Name } from './caller.ts';
import { failureOf } from './failure.ts';

/** Newest first; of a branch into one target there is at most one open. */
const PULLS_SEEN = 5;
const FIND = `query ($owner: String!, $name: String!, $head: String!, $base: String!) { repository(owner: $owner, name: $name) {
  pullRequests(headRefName: $head, baseRefName: $base, first: ${PULLS_SEEN}, orderBy: { field: CREATED_AT, direction: DESC }) { nodes {
    id state isCrossRepository headRefOid isInMergeQueue mergeCommit { oid }
    timelineItems(last: 1, itemTypes: [REMOVED_FROM_MERGE_QUEUE_EVENT]) { nodes { ... on RemovedFromMergeQueueEvent { createdAt reason } } }
  } }
} }`;
const ENQUEUE = 'mutation ($input: EnqueuePullRequestInput!) { enqueuePullRequest(input: $input) { mergeQueueEntry { id } } }';
const DEQUEUE = 'mutation ($input: DequeuePullRequestInput!) { dequeuePullRequest(input: $input) { mergeQueueEntry { id } } }';
const PULL = z.object({
  id: z.string(), state: z.enum(['OPEN', 'CLOSED', 'MERGED']), isCrossRepository: z.boolean(), headRefOid: z.string(), isInMergeQueue: z.boolean(), mergeCommit: z.object({ oid: z.string() }).nullable(),
  timelineItems: z.object({ nodes: z.array(z.object({ createdAt: z.string(), reason: z.string().nullable() }).nullable()) }),
});
const FOUND = z.object({ repository: z.object({ pullRequests: z.object({ nodes: z.array(PULL.nullable()) }) }) });

export async function findQueued(api: Api, { owner, repo }: Name, branch: RefName, target: RefName, head: Oid): Promise<QueuedPull | null> {
  const answer: unknown = await api.graphql(FIND, { owner, name: repo, head: shortName(branch), base: shortName(target) });
  const pulls = FOUND.parse(answer).repository.pullRequests.nodes.filter((pull) => pull !== null && !pull.isCrossRepository);
  const found = pulls.find((pull) => pull?.state === 'OPEN') ?? pulls.find((pull) => pull?.state === 'MERGED' && pull.headRefOid === head);
  const at = parseOid(found?.headRefOid ?? '');
  if (found === undefined || found === null || at === null) return null;
  const [removal] = found.timelineItems.nodes;
  return {
    id: found.id, head: at, isMerged: found.state === 'MERGED', isQueued: found.isInMergeQueue, merge: parseOid(found.mergeCommit?.oid ?? ''),
    removed: removal === undefined || removal === null || isMerge(removal.reason) ? null : { why: removal.reason ?? 'it gave no reason', atMs: Date.parse(removal.createdAt) },
  };
}

/** null: it is in, or was already. Throws what is no refusal of this pull request. */
export async function enqueue(api: Api, pull: string, head: Oid): Promise<string | null> {
  try {
    await api.graphql(ENQUEUE, { input: { pullRequestId: pull, expectedHeadOid: head } });
    return null;
  } catch (error) {
    const failure = failureOf(error, 0);
    if (failure.kind !== 'refused' || /not accessible by integration/i.test(failure.why)) throw error;
    return /already .*queue/i.test(failure.why) ? null : failure.why;
  }
}

/** False: it was out already, merged or not. */
export async function dequeue(api: Api, pull: string): Promise<boolean> {
  try {
    await api.graphql(DEQUEUE, { input: { id: pull } });
    return true;
  } catch (error) {
    const failure = failureOf(error, 0);
    if (failure.kind === 'refused' && /not .*in .*queue/i.test(failure.why)) return false;
    throw error;
  }
}

/** Whoever is let in leaves the queue as well. */
function isMerge(reason: string | null): boolean {
  return /^(?:already_)?merged?$/i.test(reason ?? '');
}
