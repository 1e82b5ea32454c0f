// The Forge port on GitHub: one repository, one verb a call. What a verb needs to be done only once is beside it; limits are the caller's.
import { shortName } from '../../merge/branch.ts';
import { MaestroError } from '../../error.ts';
import { marked } from '../../merge/markdown.ts';
import type { Forge, Permission, Shown } from '../../port/forge.ts';
import type { Api, Caller, Name } from './caller.ts';
import { checksOf, rulesOf } from './check.ts';
import { commentIn, findComment, findIssue, type Comment } from './mark.ts';
import { findPull, pullFrom } from './pull.ts';
import { dequeue, enqueue, findQueued } from './queue.ts';

export type ForgeOptions = {
  readonly caller: Caller;
  /** The App's own id and name: what it looks for it looks for among its own. */
  readonly appId: number;
  readonly slug: string;
  /** Of the web pages, for links: `https://github.com`. */
  readonly webUrl: string;
};

const CHECK_NAME = 'maestro';

export function openForge({ caller, appId, slug, webUrl }: ForgeOptions): Forge {
  const me = `${slug}[bot]`;
  return {
    showCheck: (face, shown) => {
      const output = { title: face.title, summary: face.summary };
      const actions = face.buttons.map(({ id, label, note }) => ({ identifier: id, label, description: note }));
      // A conclusion closes a check run by itself; without one it is open again.
      const stand = face.conclusion === null ? { status: face.status } : { status: face.status, conclusion: face.conclusion };
      const update = async (api: Api, name: Name, id: number): Promise<number> => (await api.rest.checks.update({ ...name, check_run_id: id, ...stand, output, actions })).data.id;
      const existing = async (api: Api, name: Name): Promise<number | null> => {
        const { data } = await api.rest.checks.listForRef({ ...name, ref: face.head, check_name: CHECK_NAME, app_id: appId });
        return data.check_runs.find((run) => run.external_id === face.request)?.id ?? null;
      };
      return once(caller, { what: 'show a check run', shown, existing, update, idOf: (id) => id,
        create: async (api, name) => (await api.rest.checks.create({ ...name, name: CHECK_NAME, head_sha: face.head, external_id: face.request, ...stand, output, actions })).data.id });
    },
    pullOf: (branch, target) => caller.call({ what: 'list the pull requests of a branch', run: (api, name) => findPull(api, name, branch, target) }),
    pull: (number) => caller.call({ what: 'read a pull request', run: async (api, name) => pullFrom((await api.rest.pulls.get({ ...name, pull_number: number })).data) }),
    openPull: ({ branch, target, title, body }) => caller.call({
      what: 'open a pull request', content: true,
      find: (api, name) => findPull(api, name, branch, target),
      run: async (api, name) => {
        const existed = await orElse(422, () => findPull(api, name, branch, target), async () => pullFrom((await api.rest.pulls.create({ ...name, head: shortName(branch), base: shortName(target), title, body })).data));
        if (existed === null) throw new MaestroError('forge-refused', `GitHub opens no pull request of ${shortName(branch)} into ${shortName(target)}`);
        return existed;
      },
    }),
    say: async (pull, key, body, shown) => {
      const text = marked(key, body);
      return (await once<Comment>(caller, {
        what: 'comment on a pull request', shown, content: true, idOf: ({ told }) => told.id,
        existing: (api, name) => findComment(api, name, pull, key, me),
        // As old as it is: somebody may have answered it.
        isAsWanted: (found) => found.text === text,
        update: async (api, name, id) => commentIn((await api.rest.issues.updateComment({ ...name, comment_id: id, body: text })).data),
        create: async (api, name) => commentIn((await api.rest.issues.createComment({ ...name, issue_number: pull, body: text })).data),
      })).told;
    },
    // A reaction that is there already is answered with itself.
    react: (comment, content) => caller.call({ what: 'react to a comment', find: () => Promise.resolve(null), run: async (api, name) => void await api.rest.reactions.createForIssueComment({ ...name, comment_id: comment, content }) }),
    askReview: (pull, who) => askReview(caller, pull, who),
    permission: (login) => caller.call({ what: 'read a permission', run: async (api, name) => permissionFrom(await orElse(404, () => Promise.resolve('none'), async () => (await api.rest.repos.getCollaboratorPermissionLevel({ ...name, username: login })).data.permission)) }),
    openIssue: (key, title, body) => caller.call({
      what: 'open an issue', content: true,
      find: (api, name) => findIssue(api, name, key, me),
      run: async (api, name) => (await api.rest.issues.create({ ...name, title, body: marked(key, body) })).data.number,
    }),
    queuedPull: (branch, target, head) => caller.call({ what: 'look at the merge queue', run: (api, name) => findQueued(api, name, branch, target, head) }),
    // Put in twice it is in once.
    enqueue: (pull, head) => caller.call({ what: 'put a pull request into the merge queue', find: () => Promise.resolve(null), run: (api) => enqueue(api, pull, head) }),
    dequeue: (pull) => caller.call({ what: 'take a pull request out of the merge queue', find: () => Promise.resolve(null), run: (api) => dequeue(api, pull) }),
    rules: (target) => caller.call({ what: 'read the rules of a branch', run: (api, name) => rulesOf(api, name, target) }),
    checks: (commit) => caller.call({ what: 'read the checks of a commit', run: (api, name) => checksOf(api, name, commit, appId) }),
    commitUrl: (commit) => `${repositoryUrl()}/commit/${commit}`,
    commentUrl: (pull, comment) => `${repositoryUrl()}/pull/${pull}#issuecomment-${comment}`,
  };

  function repositoryUrl(): string {
    const { owner, repo } = caller.name;
    return `${webUrl}/${owner}/${repo}`;
  }
}

type Once<Made> = {
  readonly what: string;
  readonly shown: Shown<number>;
  readonly content?: boolean;
  readonly existing: (api: Api, name: Name) => Promise<Made | null>;
  readonly idOf: (made: Made) => number;
  /** What was found need not be edited. */
  readonly isAsWanted?: (found: Made) => boolean;
  readonly update: (api: Api, name: Name, id: number) => Promise<Made>;
  readonly create: (api: Api, name: Name) => Promise<Made>;
};

/** Made where there is none, edited where there is: an edit is no new content, and may be done twice. */
async function once<Made>(caller: Caller, { what, shown, content = false, existing, idOf, isAsWanted = () => false, update, create }: Once<Made>): Promise<Made> {
  const make = (): Promise<Made> => caller.call({ what, content, run: create, find: existing });
  /** Null: it is gone. */
  const edit = (id: number): Promise<Made | null> => caller.call({ what, find: () => Promise.resolve(null), run: (api, name) => orElse(404, () => Promise.resolve(null), () => update(api, name, id)) });
  const edited = shown.kind === 'as' ? await edit(shown.id) : null;
  if (edited !== null || shown.kind === 'never') return edited ?? make();
  // One that is gone may have been made anew without our hearing of it.
  const found = await caller.call({ what, run: existing });
  if (found === null) return make();
  return isAsWanted(found) ? found : await edit(idOf(found)) ?? make();
}

async function askReview(caller: Caller, pull: number, { users, teams }: { readonly users: readonly string[]; readonly teams: readonly string[] }): Promise<{ readonly refused: readonly string[] }> {
  const ask = (reviewers: readonly string[], slugs: readonly string[]): Promise<boolean> => caller.call({
    what: 'ask for a review', content: true,
    // Asking somebody who was asked changes nothing.
    find: () => Promise.resolve(null),
    run: (api, name) => orElse(422, () => Promise.resolve(false), async () => {
      await api.rest.pulls.requestReviewers({ ...name, pull_number: pull, reviewers: [...reviewers], team_reviewers: slugs.map((slug) => slug.split('/').at(-1) ?? slug) });
      return true;
    }),
  });
  if (users.length + teams.length === 0 || await ask(users, teams)) return { refused: [] };
  // One that GitHub does not take spoils the rest: each for himself.
  const refused: string[] = [];
  for (const user of users) if (users.length + teams.length === 1 || !(await ask([user], []))) refused.push(user);
  for (const team of teams) if (users.length + teams.length === 1 || !(await ask([], [team]))) refused.push(team);
  return { refused };
}

/** A custom role is told by what it may do: `permission` is its base. */
function permissionFrom(permission: string): Permission {
  switch (permission) {
    case 'admin': case 'write': case 'read': return permission;
    default: return 'none';
  }
}

/** `other` where GitHub answers with exactly this status. */
async function orElse<T>(status: number, other: () => Promise<T>, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Error && 'status' in error && error.status === status) return other();
    throw error;
  }
}
