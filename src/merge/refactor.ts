// The losing side's homework after a person, or the minds, decided: who it is for, what was dropped, what to do with it.
import type { Partner } from '../resolution/conflict.ts';
import { shortName } from './branch.ts';
import { taskId } from './identity.ts';
import type { Lane, TaskDue } from './lane.ts';
import type { Dropped } from './observation.ts';
import type { MergeRequest, RefactorTask } from './request.ts';
import { count } from './wording.ts';

/** The lane of the request, and all there are. */
type Around = { readonly lane: Pick<Lane, 'requests'>; readonly lanes: Iterable<Pick<Lane, 'requests'>> };

/** One task for each losing branch and path. The target's side is owed to the requests that brought it there. */
export function refactorTasks(request: MergeRequest, { conflict, choices, how }: TaskDue, dropped: readonly Dropped[], around: Around, atMs: number): readonly RefactorTask[] {
  const partners = conflict.partners.filter((partner) => partner.branch !== '');
  return dropped.flatMap((one) => {
    const { path, side, patch } = one;
    const losers = side === 'theirs' ? [{ branch: shortName(request.branch), author: whose(request, around) }] : partners.map((partner) => ({ branch: partner.branch, author: authorOf(partner, around) }));
    const winner = side === 'theirs' ? partners[0]?.branch ?? shortName(request.target) : shortName(request.branch);
    const letter = choices[choices.length === 1 ? 0 : conflict.paths.findIndex((known) => known.path === path)];
    const kept = letter === 'A' || letter === 'B' ? `the side of ${winner} was kept` : `what landed holds something of both sides`;
    return losers.map(({ branch, author }): RefactorTask => ({
      id: taskId(request.id, path, branch),
      request: request.id,
      branch,
      author,
      path,
      priority: how === 'consensus' ? 'low' : 'normal',
      text: `In ${path} ${kept}. Look at what ${branch} had there (${whereToLook(one)}) and bring its ideas into the version that landed.`,
      patch,
      atMs,
    }));
  });
}

/** What is to be done: while a merge is rolled back, nothing that its answer dropped is missing. */
export function openTasks({ tasks, requests, ended }: Pick<Lane, 'tasks' | 'requests' | 'ended'>): readonly RefactorTask[] {
  return tasks.filter(({ request }) => (requests.get(request)?.phase.state ?? ended.get(request)?.state) === 'landed');
}

/** Where a patch cannot say it all, the file itself is named. */
function whereToLook({ patch, hunksLeft, blob }: Dropped): string {
  const file = blob === null ? 'there is no such file' : `git show ${blob}`;
  if (patch !== '') return hunksLeft === 0 ? 'the patch' : `the patch, which is cut: ${count(hunksLeft, 'hunk')} more would be too long; the whole file: ${file}`;
  return `${file}; no patch is given: ${hunksLeft === 0 ? 'it cannot be written as text that applies' : `${count(hunksLeft, 'hunk')} would be too long`}`;
}

/** Empty where the work came to the target past this lane. */
function authorOf({ request, branch }: Partner, around: Around): string {
  const all = [...around.lane.requests.values()];
  const brought = all.find((one) => one.id === request) ?? all.findLast((one) => one.kind.kind === 'branch' && shortName(one.branch) === branch);
  return brought === undefined ? '' : whose(brought, around);
}

/** Maestro merges a hotfix back; the work is its author's. */
function whose({ kind, author }: MergeRequest, { lanes }: Around): string {
  if (kind.kind !== 'back-merge') return author;
  return [...lanes].flatMap(({ requests }) => requests.get(kind.of) ?? [])[0]?.author ?? author;
}
