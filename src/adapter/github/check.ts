// What a branch's rules require and what a commit's checks said, read into ours.
import { shortName, type Oid, type RefName } from '../../merge/branch.ts';
import type { CheckState, RequiredCheck, TargetRules } from '../../port/forge.ts';
import type { Api, Name } from './caller.ts';
import { PAGE, pages } from './page.ts';

const PAGES_MAX = 10;
const SUMMARY_CHARS_MAX = 2000;

/** Rulesets and, as far as the App may see it, classic protection. */
export async function rulesOf(api: Api, name: Name, target: RefName): Promise<TargetRules> {
  const branch = shortName(target);
  const [rules, { data: protection }] = await Promise.all([
    pages(PAGES_MAX, async (page) => (await api.rest.repos.getBranchRules({ ...name, branch, per_page: PAGE, page })).data),
    api.rest.repos.getBranch({ ...name, branch }),
  ]);
  const bySet = rules.flatMap((rule): readonly RequiredCheck[] => rule.type === 'required_status_checks' ? (rule.parameters?.required_status_checks ?? []).map((check) => ({ name: check.context, app: check.integration_id ?? null })) : []);
  const classic = (protection.protection.required_status_checks?.checks ?? []).map((check) => ({ name: check.context, app: check.app_id !== null && check.app_id > 0 ? check.app_id : null }));
  const required = new Map([...classic, ...bySet].map((check) => [`${check.name} ${check.app}`, check]));
  return { requiredChecks: [...required.values()], mergeQueue: rules.some((rule) => rule.type === 'merge_queue') };
}

/** Check runs and old statuses, but for our own. */
export async function checksOf(api: Api, name: Name, commit: Oid, appId: number): Promise<readonly CheckState[]> {
  const [runs, statuses] = await Promise.all([
    pages(PAGES_MAX, async (page) => (await api.rest.checks.listForRef({ ...name, ref: commit, filter: 'latest', per_page: PAGE, page })).data.check_runs),
    pages(PAGES_MAX, async (page) => (await api.rest.repos.getCombinedStatusForRef({ ...name, ref: commit, per_page: PAGE, page })).data.statuses),
  ]);
  const states = statuses.map((status): CheckState => ({ name: status.context, app: null, state: stateOfStatus(status.state), summary: status.description ?? '', url: status.target_url }));
  return [...latestOf(runs.filter((run) => run.app?.id !== appId)).map((run) => stateOfRun(run)), ...states];
}

/**
 * GitHub's `latest` is one a suite, and a commit shown twice has two suites: one that was begun when another had ended takes its place.
 * Those that ran beside each other are of two workflows with one name for their jobs, and all of them count.
 */
function latestOf(runs: readonly Run[]): readonly Run[] {
  return runs.filter((run) => !runs.some((later) => later.name === run.name && later.app?.id === run.app?.id && isReplacedBy(run, later)));
}

function isReplacedBy(run: Run, later: Run): boolean {
  if (run.completed_at === null) return false;
  const [endedMs, begunMs] = [Date.parse(run.completed_at), later.started_at === null ? Number.MAX_VALUE : Date.parse(later.started_at)];
  // Within one second of GitHub's clock only the ids tell which came first.
  return begunMs > endedMs || (begunMs === endedMs && later.id > run.id);
}

type Run = Awaited<ReturnType<Api['rest']['checks']['listForRef']>>['data']['check_runs'][number];

function stateOfRun(run: Run): CheckState {
  const summary = [run.output.title, run.output.summary].filter((part) => part !== null && part !== '').join('\n').slice(0, SUMMARY_CHARS_MAX);
  return { name: run.name, app: run.app?.id ?? null, state: run.status === 'completed' ? stateOfConclusion(run.conclusion) : 'waiting', summary, url: run.html_url };
}

// Cancelled, timed out, stale, never started, waiting for somebody: nobody said that the code is wrong.
const CONCLUSIONS: ReadonlyMap<string | null, CheckState['state']> = new Map([['success', 'passed'], ['neutral', 'passed'], ['skipped', 'passed'], ['failure', 'failed']]);
const STATUSES: ReadonlyMap<string, CheckState['state']> = new Map([['success', 'passed'], ['failure', 'failed'], ['pending', 'waiting']]);

function stateOfConclusion(conclusion: string | null): CheckState['state'] {
  return CONCLUSIONS.get(conclusion) ?? 'trouble';
}

function stateOfStatus(state: string): CheckState['state'] {
  return STATUSES.get(state) ?? 'trouble';
}
