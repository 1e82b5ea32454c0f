// Checks, statuses and branch rules.
import { commitNamed } from './bare.ts';
import { createCheck, setStatus, updateCheck } from './change.ts';
import type { Asked, AskedThere, Route } from './route.ts';
import { CREATED, OK, Refused, found, loose, mustText, paged, text, there } from './route.ts';
import type { CheckRun, CheckStatus, Conclusion, Status } from './state.ts';
import { checkView, combinedView, ruleViews, statusView } from './view-check.ts';

const ACTIONS_MAX = 3;
const TEXT_MAX = 65_535;
const LABEL_MAX = 20;
const DESCRIPTION_MAX = 40;
const STATUSES: readonly CheckStatus[] = ['queued', 'in_progress', 'completed'];
const CONCLUSIONS: readonly Conclusion[] = ['success', 'failure', 'neutral', 'cancelled', 'skipped', 'timed_out', 'action_required'];

export const CHECK_ROUTES: readonly Route[] = [
  there('post', '/repos/{owner}/{repo}/check-runs', [{ checks: 'write' }], async (asked) => {
    const headSha = mustText(asked.body, 'head_sha', 'CheckRun');
    if (!/^[0-9a-f]{40}$/.test(headSha) || (await commitNamed(asked.bare, headSha)) === null) throw new Refused(422, `No commit found for SHA: ${headSha}`);
    const name = mustText(asked.body, 'name', 'CheckRun');
    const made = asked.hub.apply((state) => createCheck(state, asked.by, { app: ownApp(asked), name, headSha, ...patchOf(asked.body) }));
    return { status: CREATED, body: checkView(asked.hub.state(), asked.repository, made) };
  }),
  there('patch', '/repos/{owner}/{repo}/check-runs/{check_run_id}', [{ checks: 'write' }], (asked) => {
    const check = checkAsked(asked);
    if (check.app !== ownApp(asked)) throw new Refused(403, 'Invalid app_id `' + ownApp(asked) + '` - check run can only be modified by the GitHub App that created it.');
    const name = text(asked.body, 'name');
    const made = asked.hub.apply((state) => updateCheck(state, asked.by, check.id, { ...patchOf(asked.body), ...(name === undefined ? {} : { name }) }));
    return { status: OK, body: checkView(asked.hub.state(), asked.repository, made) };
  }),
  there('get', '/repos/{owner}/{repo}/check-runs/{check_run_id}', [{ checks: 'read' }], (asked) => ({ status: OK, body: checkView(asked.state, asked.repository, checkAsked(asked)) })),
  there('get', '/repos/{owner}/{repo}/commits/{ref}/check-runs', [{ checks: 'read' }], async (asked) => {
    const sha = await commitAsked(asked, asked.param('ref'));
    const all = latest(asked.repository.checks.filter((one) => one.headSha === sha), asked.query.get('filter')).filter((one) => wanted(asked.query, one));
    return { status: OK, body: { total_count: all.length, check_runs: paged(asked, all.map((one) => checkView(asked.state, asked.repository, one))) } };
  }),
  there('post', '/repos/{owner}/{repo}/statuses/{sha}', [{ statuses: 'write' }], async (asked) => {
    const sha = found(await commitNamed(asked.bare, asked.param('sha')));
    const ask = { sha, context: text(asked.body, 'context') ?? 'default', state: mustText(asked.body, 'state', 'Status') as Status['state'], description: text(asked.body, 'description') ?? null, url: text(asked.body, 'target_url') ?? null };
    const made = asked.hub.apply((state) => setStatus(state, asked.by, ask));
    return { status: CREATED, body: statusView(asked.hub.state(), asked.repository, made) };
  }),
  there('get', '/repos/{owner}/{repo}/commits/{ref}/status', [{ statuses: 'read' }], async (asked) => ({ status: OK, body: combinedView(asked.state, asked.repository, await commitAsked(asked, asked.param('ref'))) })),
  there('get', '/repos/{owner}/{repo}/commits/{ref}/statuses', [{ statuses: 'read' }], async (asked) => {
    const sha = await commitAsked(asked, asked.param('ref'));
    return { status: OK, body: paged(asked, asked.repository.statuses.filter((one) => one.sha === sha).toReversed().map((one) => statusView(asked.state, asked.repository, one))) };
  }),
  there('get', '/repos/{owner}/{repo}/rules/branches/{branch}', [{ metadata: 'read' }], (asked) => ({ status: OK, body: paged(asked, ruleViews(asked.repository, asked.param('branch'))) })),
  // Reading classic protection in full needs administration, which Maestro never has.
  loose('get', '/repos/{owner}/{repo}/branches/{branch}/protection', 'installation', [{ administration: 'read' }], () => ({ status: 404, body: { message: 'Branch not protected' } })),
];

/** An API name, a branch as the API remembers it, or an id. */
export async function commitAsked(asked: AskedThere, ref: string): Promise<string> {
  const name = ref.replace(/^refs\//, '').replace(/^heads\//, '');
  const sha = asked.repository.refs[`refs/heads/${name}`] ?? asked.repository.refs[`refs/${name}`] ?? await commitNamed(asked.bare, name);
  if (sha === null) throw new Refused(422, `No commit found for SHA: ${ref}`);
  return sha;
}

function ownApp(asked: Asked): number {
  if (asked.actor.kind !== 'installation') throw new Refused(403, 'You must authenticate via a GitHub App.');
  return asked.actor.app;
}

function checkAsked(asked: AskedThere): CheckRun {
  return found(asked.repository.checks.find((one) => one.id === Number(asked.param('check_run_id'))));
}

function latest(all: readonly CheckRun[], filter: string | null): readonly CheckRun[] {
  const newestFirst = all.toReversed();
  if (filter === 'all') return newestFirst;
  return newestFirst.filter((one, at) => newestFirst.findIndex((other) => other.name === one.name && other.app === one.app) === at);
}

function wanted(query: URLSearchParams, check: CheckRun): boolean {
  const [name, app, status] = [query.get('check_name'), query.get('app_id'), query.get('status')];
  return (name === null || name === check.name) && (app === null || Number(app) === check.app) && (status === null || status === check.status);
}

type CheckPatch = Partial<Omit<CheckRun, 'id' | 'suite' | 'app' | 'name' | 'headSha'>>;

function patchOf(body: Asked['body']): CheckPatch {
  const conclusion = text(body, 'conclusion') as Conclusion | undefined;
  const status = text(body, 'status') as CheckStatus | undefined;
  if (status !== undefined && !STATUSES.includes(status)) throw new Refused(422, 'Invalid request.\n\nInvalid input: `status` is not a possible value.');
  if (conclusion !== undefined && conclusion !== null && !CONCLUSIONS.includes(conclusion)) throw new Refused(422, 'Invalid request.\n\nInvalid input: `conclusion` is not a possible value.');
  if (status === 'completed' && conclusion === undefined) throw new Refused(422, 'Invalid request.\n\n"conclusion" wasn\'t supplied.');
  const externalId = text(body, 'external_id');
  const detailsUrl = text(body, 'details_url');
  return {
    ...(conclusion === undefined ? {} : { conclusion, status: 'completed' as const }), ...(status === undefined || conclusion !== undefined ? {} : { status, conclusion: null }),
    ...(externalId === undefined ? {} : { externalId }), ...(detailsUrl === undefined ? {} : { detailsUrl }), ...outputOf(body['output']), ...actionsOf(body['actions']),
  };
}

function outputOf(value: unknown): CheckPatch {
  if (typeof value !== 'object' || value === null) return {};
  const output = value as Record<string, unknown>;
  const [title, summary, long] = [text(output, 'title'), text(output, 'summary'), text(output, 'text')];
  if (title === undefined || summary === undefined) throw new Refused(422, 'Invalid request.\n\n"title", "summary" weren\'t supplied.');
  if ([summary, long].some((one) => one !== undefined && Buffer.byteLength(one) > TEXT_MAX)) throw new Refused(422, `Invalid request.\n\nOnly ${TEXT_MAX} characters are allowed; more were supplied.`);
  return { output: { title, summary, text: long ?? null } };
}

function actionsOf(value: unknown): CheckPatch {
  if (!Array.isArray(value)) return {};
  if (value.length > ACTIONS_MAX) throw new Refused(422, `Invalid request.\n\nNo more than ${ACTIONS_MAX} items are allowed; ${value.length} were supplied.`);
  const actions = (value as Record<string, unknown>[]).map((one) => ({ label: text(one, 'label') ?? '', description: text(one, 'description') ?? '', identifier: text(one, 'identifier') ?? '' }));
  const long = actions.some((one) => one.label.length > LABEL_MAX || one.description.length > DESCRIPTION_MAX || one.identifier.length > LABEL_MAX || one.label === '' || one.identifier === '');
  if (long) throw new Refused(422, `Invalid request.\n\nOnly ${LABEL_MAX} characters are allowed for a label and an identifier, ${DESCRIPTION_MAX} for a description.`);
  return { actions };
}

