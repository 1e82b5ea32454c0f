// One repository on the simulated GitHub, in words: who pushes, says, approves, presses. People push with real `git push` over HTTP.
import { execFile } from 'node:child_process';
import { Octokit } from '@octokit/rest';
import type { Oid } from '../../../src/merge/branch.ts';
import { gitEnvironment } from '../../../src/adapter/git/run.ts';
import { repository as openDesk } from '../repository.ts';
import type { Files } from '../repository.ts';
import { personToken } from './auth.ts';
import { ZERO, bareAt, mergeTrees, commitTree } from './bare.ts';
import { comment, createCheck, deleteComment, dequeue, editComment, editIssue, editPull, event, mergedPull, openPull, patchRepository, pressButton, review, setStatus, updateCheck } from './change.ts';
import type { By } from './change.ts';
import type { Hub } from './hub.ts';
import { refsMoved } from './ref.ts';
import { accountOf, pullOf, repositoryOf } from './state.ts';
import { rulesFor } from './view-check.ts';
import type { BranchRule, CheckRun, Comment, Conclusion, Issue, Pull, Repository, Review, Role, State, Status } from './state.ts';

/** GitHub's own number for Actions. */
export const ACTIONS_APP = 15_368;
const RULE: Omit<BranchRule, 'id'> = {
  kind: 'ruleset', pattern: 'main', requiredChecks: [], pullRequest: false, approvals: 0, restrictPushes: false, mergeQueue: false, mergeMethod: 'MERGE', allowForce: false, allowDelete: false, enforceAdmins: false, bypass: [],
};

export type PushResult = { readonly code: number; readonly said: string; readonly oid: Oid };
export type PushChoice = { readonly from?: string; readonly force?: boolean };
export type Place = {
  readonly id: number;
  /** The address for clone and push, without any token in it. */
  readonly cloneUrl: string;
  now(): Repository;
  tip(branch: string): Promise<string | null>;
  read(branch: string, path: string): Promise<string | null>;
  subjects(branch: string): Promise<readonly string[]>;
  /** As `push`, in two steps: the second one is a `git push` alone. */
  commit(login: string, branch: string, files: Files, message: string, choice?: PushChoice): Promise<{ readonly oid: Oid; readonly push: () => Promise<Omit<PushResult, 'oid'>> }>;
  /** Commits the files on the branch (new ones start at `from`, else the default branch) and pushes; throws when refused. */
  push(login: string, branch: string, files: Files, message: string, choice?: PushChoice): Promise<Oid>;
  /** The same, and what git said. */
  tryPush(login: string, branch: string, files: Files, message: string, choice?: PushChoice): Promise<PushResult>;
  deleteBranch(login: string, branch: string): Promise<void>;
  openPull(login: string, head: string, base?: string, title?: string): number;
  retarget(login: string, pull: number, base: string): void;
  draft(login: string, pull: number, draft: boolean): void;
  close(login: string, issue: number): void;
  reopen(login: string, issue: number): void;
  comment(login: string, issue: number, body: string): number;
  editComment(login: string, id: number, body: string): void;
  deleteComment(login: string, id: number): void;
  review(login: string, pull: number, verdict: Review['state'], body?: string): void;
  press(login: string, check: number, button: string): void;
  /** A check run of GitHub Actions: begun without a conclusion, finished with one. The same name on the same commit is the same run until it has finished. */
  ci(oid: string, name: string, conclusion?: Conclusion): void;
  status(oid: string, context: string, state: Status['state']): void;
  rule(rule: Partial<Omit<BranchRule, 'id'>>): void;
  role(login: string, role: Role): void;
  team(slug: string, members: readonly string[]): void;
  /** The front of a branch's merge queue: its merge group is made and announced; `finish` lands it or throws it out. */
  mergeGroup(base?: string, made?: GroupMade): Promise<{ readonly head: string; finish(outcome: 'merged' | 'checks failed'): Promise<void> }>;
  /** A person takes the pull request out of the queue. */
  dequeue(login: string, pull: number): void;
  /** Old addresses answer with a redirect; git goes on working. */
  rename(owner: string, name: string): void;
  /** To another account: its installations see it from now on, those of the old one no more. */
  transfer(login: string, owner: string): void;
  /** A person presses the merge button. */
  merge(login: string, pull: number): Promise<void>;
  checkOf(oid: string, name?: string): CheckRun | null;
  comments(issue: number): readonly Comment[];
  issues(): readonly Issue[];
  pull(number: number): Pull | null;
  dispose(): void;
};

export async function placeOf(hub: Hub, id: number): Promise<Place> {
  const desk = await openDesk();
  const now = (): Repository => repositoryOf(hub.state(), id);
  const bare = bareAt(now().bare);
  const by = (login: string): By => ({ repository: id, login: accountOf(hub.state(), login)?.login ?? strange(login), atMs: hub.nowMs() });
  const url = (): string => `${hub.state().url}/${now().owner}/${now().name}.git`;
  const tip = async (branch: string): Promise<string | null> => {
    const { code, stdout } = await bare.run(['rev-parse', '--verify', '--quiet', `refs/heads/${branch}`]);
    return code === 0 ? stdout : null;
  };
  const git = (login: string, args: readonly string[]): Promise<{ code: number; said: string }> => call(desk.bare, login, args);
  const commit: Place['commit'] = async (login, branch, files, message, choice = {}) => {
    const parent = await tip(branch) ?? await tip(choice.from ?? now().defaultBranch) ?? choice.from ?? null;
    const base = choice.force === true ? await tip(choice.from ?? now().defaultBranch) : parent;
    if (base !== null) await git(login, ['fetch', '-q', '--no-tags', url(), base]);
    const oid = await desk.commit(files, message, { parents: base === null ? [] : [base as Oid], author: `${login} <${login}@example.org>`, atMs: hub.nowMs() });
    return { oid, push: () => git(login, ['push', '-q', ...(choice.force === true ? ['--force'] : []), url(), `${oid}:refs/heads/${branch}`]) };
  };
  const tryPush: Place['tryPush'] = async (...args) => {
    const { oid, push } = await commit(...args);
    return { ...await push(), oid };
  };
  const apply: Hub['apply'] = (make) => {
    hub.mark();
    return hub.apply(make);
  };
  const patch = (change: (one: Repository, state: State) => Partial<Repository>): void => hub.set((state) => patchRepository(state, id, (one) => change(one, state)));
  const rename = (owner: string, name: string): void => {
    const old = `${now().owner}/${now().name}`.toLowerCase();
    patch(() => ({ owner, name }));
    hub.set((state) => ({ ...state, formerNames: { ...state.formerNames, [old]: id } }));
  };
  return {
    id, now, tip, commit, tryPush,
    get cloneUrl() {
      return url();
    },
    read: async (branch, path) => {
      const { code, stdout } = await bare.run(['show', `refs/heads/${branch}:${path}`]);
      return code === 0 ? stdout : null;
    },
    subjects: async (branch) => (await bare.must(['log', '--format=%s', `refs/heads/${branch}`])).split('\n'),
    push: async (...args) => {
      const result = await tryPush(...args);
      if (result.code !== 0) throw new Error(result.said);
      return result.oid;
    },
    deleteBranch: async (login, branch) => {
      const { code, said } = await git(login, ['push', '-q', url(), `:refs/heads/${branch}`]);
      if (code !== 0) throw new Error(said);
    },
    openPull: (login, head, base = now().defaultBranch, title = head) => apply((state) => openPull(state, by(login), { title, body: null, head, base, draft: false })).number,
    retarget: (login, pull, base) => void apply((state) => editPull(state, by(login), pull, { base, baseSha: now().refs[`refs/heads/${base}`] ?? ZERO }, 'edited')),
    draft: (login, pull, draft) => void apply((state) => editPull(state, by(login), pull, { draft }, draft ? 'converted_to_draft' : 'ready_for_review')),
    close: (login, issue) => void apply((state) => editIssue(state, by(login), issue, { state: 'closed' })),
    reopen: (login, issue) => void apply((state) => editIssue(state, by(login), issue, { state: 'open' })),
    comment: (login, issue, body) => apply((state) => comment(state, by(login), issue, body)).id,
    editComment: (login, comment, body) => void apply((state) => editComment(state, by(login), comment, body)),
    deleteComment: (login, comment) => void apply((state) => deleteComment(state, by(login), comment)),
    review: (login, pull, verdict, body = '') => void apply((state) => review(state, by(login), pull, verdict, body, pullOf(now(), pull)?.pull.headSha ?? '')),
    press: (login, check, button) => void apply((state) => pressButton(state, by(login), check, button)),
    ci: (oid, name, conclusion) => void apply((state) => {
      const actions = by('github-actions[bot]');
      const open = now().checks.findLast((one) => one.headSha === oid && one.name === name && one.app === ACTIONS_APP && one.status !== 'completed');
      const shown = conclusion === undefined ? { status: 'in_progress' as const } : { status: 'completed' as const, conclusion };
      return open === undefined ? createCheck(state, actions, { app: ACTIONS_APP, name, headSha: oid, ...shown }) : updateCheck(state, actions, open.id, shown);
    }),
    status: (oid, context, state) => void apply((now) => setStatus(now, by('github-actions[bot]'), { sha: oid, context, state, description: null, url: null })),
    rule: (rule) => {
      hub.set((state) => ({ ...state, lastId: state.lastId + 1 }));
      patch((one, state) => ({ rules: [...one.rules, { ...RULE, ...rule, id: state.lastId }] }));
    },
    role: (login, role) => patch((one) => ({ roles: { ...one.roles, [login]: role } })),
    team: (slug, members) => patch((one) => ({ teams: [...one.teams, { id: one.id * 10 + one.teams.length, slug, members }] })),
    mergeGroup: (base = now().defaultBranch, made = 'well') => mergeGroup(hub, id, base, made),
    dequeue: (login, pull) => void apply((state) => dequeue(state, by(login), pull, 'MANUAL')),
    rename,
    transfer: (login, owner) => {
      rename(owner, now().name);
      hub.apply((state) => ({ state, made: null, events: [event('repository', 'transferred', by(login), {})] }));
    },
    merge: async (login, pull) => void await new Octokit({ baseUrl: hub.state().url, auth: personToken(login) }).rest.pulls.merge({ owner: now().owner, repo: now().name, pull_number: pull }),
    checkOf: (oid, name) => now().checks.findLast((one) => one.headSha === oid && one.app !== ACTIONS_APP && (name === undefined || one.name === name)) ?? null,
    comments: (issue) => now().comments.filter((one) => one.issue === issue),
    issues: () => now().issues.filter((one) => one.pull === null),
    pull: (number) => pullOf(now(), number),
    dispose: () => desk.dispose(),
  };
}

/** `from another base`: as on 23 April 2026, when groups took back what the target had gained since the branch began. */
export type GroupMade = 'well' | 'from another base';

async function mergeGroup(hub: Hub, id: number, base: string, made: GroupMade): ReturnType<Place['mergeGroup']> {
  const repository = repositoryOf(hub.state(), id);
  const entry = repository.queue.find((one) => one.base === base);
  if (entry === undefined) throw new Error(`nothing is queued for ${base}`);
  const bare = bareAt(repository.bare);
  const by: By = { repository: id, login: 'github-merge-queue[bot]', atMs: hub.nowMs() };
  const onto = await bare.must(['rev-parse', `refs/heads/${base}`]);
  const outcome = await mergeTrees(bare, onto, entry.headSha);
  if (outcome.kind === 'conflict') throw new Error('the queued pull request conflicts');
  const isSquash = rulesFor(repository, base).some((one) => one.mergeMethod === 'SQUASH');
  const tree = made === 'well' ? outcome.tree : await bare.must(['rev-parse', `${entry.headSha}^{tree}`]);
  const head = await commitTree(bare, tree, isSquash ? [onto] : [onto, entry.headSha], `Merge pull request #${entry.pull} into ${base}\n`);
  const ref = `refs/heads/gh-readonly-queue/${base}/pr-${entry.pull}-${onto}`;
  await bare.must(['update-ref', ref, head]);
  await refsMoved(hub, bare, by);
  const group = { head_sha: head, head_ref: ref, base_sha: onto, base_ref: `refs/heads/${base}`, head_commit: { id: head } };
  hub.apply((state) => ({ state, made: null, events: [event('merge_group', 'checks_requested', by, { merge_group: group })] }));
  return {
    head,
    finish: async (result) => {
      hub.mark();
      if (result === 'merged') await bare.must(['update-ref', `refs/heads/${base}`, head, onto]);
      await bare.must(['update-ref', '-d', ref]);
      hub.apply((state) => dequeue(state, by, entry.pull, result === 'merged' ? 'MERGE' : 'CI_FAILURE'));
      await refsMoved(hub, bare, by);
      // A squashed head is not reached by the base: nobody would see that it is merged.
      if (result === 'merged' && pullOf(repositoryOf(hub.state(), id), entry.pull)?.pull.merged === null) hub.apply((state) => mergedPull(state, by, entry.pull, head));
      const reason = result === 'merged' ? 'merged' : 'invalidated';
      hub.apply((state) => ({ state, made: null, events: [event('merge_group', 'destroyed', by, { reason, merge_group: group })] }));
    },
  };
}

function call(directory: string, login: string, args: readonly string[]): Promise<{ code: number; said: string }> {
  const header = `http.extraHeader=Authorization: Basic ${Buffer.from(`${login}:${personToken(login)}`).toString('base64')}`;
  return new Promise((resolve) => {
    execFile('git', [`--git-dir=${directory}`, '-c', header, ...args], { env: gitEnvironment() }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), said: `${stdout}${stderr}` });
    });
  });
}

function strange(login: string): never {
  throw new Error(`nobody is called ${login}: world.person('${login}') makes one`);
}
