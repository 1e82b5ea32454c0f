// May this actor move this ref? GitHub's answers, in GitHub's own words. Pure: what needs objects is left to the hook (`when`).
import { mayPush, pullsOf, roleOf } from './state.ts';
import type { BranchRule, Permissions, Repository } from './state.ts';
import { rulesFor } from './view-check.ts';
import { ZERO } from './bare.ts';

export type Actor =
  | { readonly kind: 'installation'; readonly app: number; readonly login: string; readonly installation: number; readonly permissions: Permissions; readonly repositories: 'all' | readonly number[] }
  | { readonly kind: 'app'; readonly app: number; readonly login: string }
  | { readonly kind: 'user'; readonly login: string }
  | { readonly kind: 'nobody' };
export type RefUpdate = { readonly ref: string; readonly old: string; readonly new: string };
/** `said` is what the client sees after `remote:`, `reason` what stands in the line of the ref. */
export type Refusal = { readonly ref: string; readonly when: 'always' | 'forced' | 'workflow'; readonly said: readonly string[]; readonly reason: string };

export function refusals(repository: Repository, page: string, actor: Actor, update: RefUpdate): readonly Refusal[] {
  if (!update.ref.startsWith('refs/heads/')) return reserved(update);
  const branch = update.ref.slice('refs/heads/'.length);
  const held = rulesFor(repository, branch).filter((rule) => !passes(repository, rule, actor));
  return [...held.flatMap((rule) => broken(repository, page, rule, update)), ...workflow(actor, update)];
}

function passes(repository: Repository, rule: BranchRule, actor: Actor): boolean {
  if (actor.kind === 'installation') return rule.bypass.includes(actor.app);
  return actor.kind === 'user' && rule.kind === 'protection' && !rule.enforceAdmins && roleOf(repository, actor.login) === 'admin';
}

function broken(repository: Repository, page: string, rule: BranchRule, update: RefUpdate): readonly Refusal[] {
  if (update.new === ZERO) return rule.allowDelete ? [] : [refusal(rule, page, update, 'always', ['Cannot delete this branch'])];
  const why: string[] = [];
  if (rule.mergeQueue) why.push('Changes must be made through the merge queue');
  if (rule.pullRequest && !approved(repository, rule, update)) why.push(rule.approvals > 0 ? `At least ${rule.approvals} approving review is required by reviewers with write access.` : 'Changes must be made through a pull request.');
  const open = rule.requiredChecks.filter((one) => !checkPassed(repository, one, update.new));
  if (open.length === 1) why.push(`Required status check "${open[0]?.name}" is expected.`);
  if (open.length > 1) why.push(`${open.length} of ${rule.requiredChecks.length} required status checks are expected.`);
  if (rule.restrictPushes) why.push(rule.kind === 'protection' ? "You're not authorized to push to this branch. Visit https://docs.github.com/articles/about-protected-branches/ for more information." : 'Cannot update this protected ref.');
  const found = why.length === 0 ? [] : [refusal(rule, page, update, 'always', why)];
  return rule.allowForce || update.old === ZERO ? found : [...found, refusal(rule, page, update, 'forced', ['Cannot force-push to this branch'])];
}

function refusal(rule: BranchRule, page: string, update: RefUpdate, when: Refusal['when'], why: readonly string[]): Refusal {
  if (rule.kind === 'protection') {
    const [first = '', ...rest] = why;
    return { ref: update.ref, when, reason: 'protected branch hook declined', said: [`error: GH006: Protected branch update failed for ${update.ref}.`, '', `- ${first}`, ...rest.flatMap((one) => ['', `- ${one}`])] };
  }
  const review = `Review all repository rules at ${page}/rules?ref=${encodeURIComponent(update.ref)}`;
  return { ref: update.ref, when, reason: 'push declined due to repository rule violations', said: [`error: GH013: Repository rule violations found for ${update.ref}.`, review, '', ...why.flatMap((one) => [`- ${one}`, ''])] };
}

/** The commit may go in by a push when an open, approved pull request for that base has it as its head. */
function approved(repository: Repository, rule: BranchRule, update: RefUpdate): boolean {
  if (rule.approvals === 0) return false;
  const pull = pullsOf(repository).find((one) => one.state === 'open' && `refs/heads/${one.pull.base}` === update.ref && one.pull.headSha === update.new);
  if (pull === undefined) return false;
  const by = new Set(repository.reviews.filter((one) => one.pull === pull.number && one.state === 'APPROVED' && mayPush(roleOf(repository, one.author))).map((one) => one.author));
  return by.size >= rule.approvals;
}

export function checkPassed(repository: Repository, required: { readonly name: string; readonly app: number | null }, sha: string): boolean {
  const run = repository.checks.findLast((one) => one.headSha === sha && one.name === required.name && (required.app === null || required.app === one.app));
  if (run !== undefined) return run.conclusion === 'success' || run.conclusion === 'neutral' || run.conclusion === 'skipped';
  return repository.statuses.findLast((one) => one.sha === sha && one.context === required.name)?.state === 'success';
}

function workflow(actor: Actor, update: RefUpdate): readonly Refusal[] {
  if (actor.kind !== 'installation' || actor.permissions['workflows'] === 'write' || update.new === ZERO) return [];
  return [{ ref: update.ref, when: 'workflow', said: [], reason: 'refusing to allow a GitHub App to create or update workflow `%s` without `workflows` permission' }];
}

/** Pull refs are GitHub's own. */
function reserved(update: RefUpdate): readonly Refusal[] {
  return update.ref.startsWith('refs/pull/') ? [{ ref: update.ref, when: 'always', said: [], reason: 'deny updating a hidden ref' }] : [];
}
