// A webhook's payload, read into what it is news of. Everything in it is a hint from outside: names are checked, the rest is dropped.
import { z } from 'zod';
import { parseBranch, parseOid, type RefName } from '../../merge/branch.ts';
import type { News, RepositoryAt, Said } from '../../port/forge.ts';

const USER = z.object({ login: z.string().max(100), type: z.string().optional() });
const REPOSITORY = z.object({ id: z.int(), name: z.string().max(200), owner: z.object({ login: z.string().max(100) }) });
const COMMON = z.object({ action: z.string().optional(), installation: z.object({ id: z.int() }).optional(), repository: REPOSITORY.optional(), sender: USER.optional() });
const REF = z.object({ ref: z.string().max(1000) });
const COMMENT = z.object({ issue: z.object({ number: z.int(), pull_request: z.object({}).optional() }), comment: z.object({ id: z.int(), body: z.string().nullable(), created_at: z.iso.datetime({ offset: true }).optional() }) });
const PRESS = z.object({ check_run: z.object({ external_id: z.string().nullable(), app: z.object({ id: z.int() }).nullish() }), requested_action: z.object({ identifier: z.string().max(100) }) });
const CHECK = z.object({ head_sha: z.string() });
const REVIEW = z.object({ review: z.object({ state: z.string(), commit_id: z.string().nullable() }), pull_request: z.object({ number: z.int(), head: z.object({ ref: z.string(), repo: z.object({ id: z.int() }).nullable() }) }) });

const PULL = z.object({ pull_request: z.object({ head: z.object({ ref: z.string().max(1000) }) }) });
const GROUP = z.object({ merge_group: z.object({ base_ref: z.string().max(1000) }) });

const NOTHING: News = { kind: 'nothing' };
/** What may have made a merge queue's mind up. */
const QUEUE_ACTIONS = new Set(['closed', 'dequeued', 'destroyed']);
const OWN_BRANCHES = /^(?:gh-readonly-queue|maestro)\//;

type Common = z.output<typeof COMMON>;
type Who = { readonly login: string; readonly isMachine: boolean };
/** The App's own id and bot login: what it does itself is no news. */
export type Self = { readonly appId: number; readonly login: string };

/** Never throws: what cannot be read is news of nothing. */
export function readNews(event: string, payload: unknown, self: Self): News {
  const common = COMMON.safeParse(payload);
  if (!common.success) return NOTHING;
  const { sender, installation } = common.data;
  if (event === 'installation') return installation === undefined ? NOTHING : { kind: 'installation', installation: installation.id, active: common.data.action !== 'deleted' && common.data.action !== 'suspend' };
  if (event === 'installation_repositories') return installation === undefined ? NOTHING : { kind: 'installation', installation: installation.id, active: true };
  const at = placeOf(common.data);
  if (at === null || sender === undefined) return NOTHING;
  const who: Who = { login: sender.login, isMachine: sender.type === 'Bot' || sender.login.endsWith('[bot]') };
  switch (event) {
    // A branch that is created or deleted is a push as well.
    case 'push': return who.login === self.login ? NOTHING : movedOf(at, payload);
    case 'issue_comment': return saidOf(at, commentOf(common.data, payload, who));
    case 'pull_request_review': return saidOf(at, approvalOf(common.data, payload, who));
    case 'check_run': return common.data.action === 'requested_action' ? saidOf(at, pressOf(payload, who, self)) : checkedOf(at, payload, 'check_run', self);
    case 'check_suite': return checkedOf(at, payload, 'check_suite', self);
    case 'pull_request': case 'merge_group': return QUEUE_ACTIONS.has(common.data.action ?? '') ? queueOf(at, payload) : NOTHING;
    case 'status': return commitOf(at, payload, 'sha');
    case 'repository': return repositoryOf(at, common.data.action ?? '');
    default: return NOTHING;
  }
}

function placeOf({ repository, installation }: Common): RepositoryAt | null {
  return repository === undefined || installation === undefined ? null : { id: repository.id, owner: repository.owner.login, name: repository.name, installation: installation.id };
}

/** Tags, the merge queue's branches and our own start nothing. */
function movedOf(at: RepositoryAt, payload: unknown): News {
  const read = REF.safeParse(payload);
  if (!read.success || !read.data.ref.startsWith('refs/heads/')) return NOTHING;
  const name = read.data.ref.replace(/^refs\/heads\//, '');
  const branch = branchOf(name);
  return branch === null || OWN_BRANCHES.test(name) ? NOTHING : { kind: 'moved', at, branch };
}

/** Only on pull requests; an edit is heard so that its author learns that it changes nothing. */
function commentOf({ action }: Common, payload: unknown, who: Who): Said | null {
  const read = COMMENT.safeParse(payload);
  if (!read.success || read.data.issue.pull_request === undefined || (action !== 'created' && action !== 'edited')) return null;
  const { issue, comment: { id, body, created_at: at } } = read.data;
  return { kind: 'comment', pull: issue.number, comment: id, atMs: at === undefined ? null : Date.parse(at), body: body ?? '', isEdit: action === 'edited', ...who };
}

function approvalOf({ action }: Common, payload: unknown, who: Who): Said | null {
  const read = REVIEW.safeParse(payload);
  if (!read.success || action !== 'submitted' || read.data.review.state.toLowerCase() !== 'approved') return null;
  const branch = branchOf(read.data.pull_request.head.ref);
  const head = parseOid(read.data.review.commit_id ?? '');
  return branch === null || head === null ? null : { kind: 'approved', pull: read.data.pull_request.number, branch, head, ...who };
}

function pressOf(payload: unknown, who: Who, self: Self): Said | null {
  const read = PRESS.safeParse(payload);
  if (!read.success || read.data.check_run.external_id === null || read.data.check_run.app?.id !== self.appId) return null;
  return { kind: 'press', request: read.data.check_run.external_id, button: read.data.requested_action.identifier, ...who };
}

function saidOf(at: RepositoryAt, said: Said | null): News {
  return said === null ? NOTHING : { kind: 'said', at, said };
}

/** Our own check runs are no gate of ours. */
function checkedOf(at: RepositoryAt, payload: unknown, key: 'check_run' | 'check_suite', self: Self): News {
  const inner = z.object({ [key]: z.object({ app: z.object({ id: z.int() }).nullish() }) }).safeParse(payload);
  if (!inner.success || inner.data[key]?.app?.id === self.appId) return NOTHING;
  return commitOf(at, (payload as Record<string, unknown>)[key], 'head_sha');
}

function queueOf(at: RepositoryAt, payload: unknown): News {
  const [pull, group] = [PULL.safeParse(payload), GROUP.safeParse(payload)];
  const branch = branchOf(pull.success ? pull.data.pull_request.head.ref : group.success ? group.data.merge_group.base_ref.replace(/^refs\/heads\//, '') : '');
  return branch === null ? NOTHING : { kind: 'queue', at, branch };
}

function commitOf(at: RepositoryAt, holder: unknown, key: 'sha' | 'head_sha'): News {
  const read = CHECK.safeParse({ head_sha: typeof holder === 'object' && holder !== null ? (holder as Record<string, unknown>)[key] : null });
  const commit = read.success ? parseOid(read.data.head_sha) : null;
  return commit === null ? NOTHING : { kind: 'checked', at, commit };
}

function repositoryOf(at: RepositoryAt, action: string): News {
  switch (action) {
    case 'renamed': case 'transferred': case 'unarchived': return { kind: 'opened', at };
    case 'deleted': case 'archived': return { kind: 'closed', repository: at.id, why: `the repository was ${action}` };
    default: return NOTHING;
  }
}

function branchOf(name: string): RefName | null {
  const branch = parseBranch(name);
  return branch.ok ? branch.ref : null;
}
