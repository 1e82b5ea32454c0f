// Where the demo happens: a temporary folder with a bare remote, Casey's clone with the coordinator, the agents' clones with hooks. Set up and struck here.
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ControlClient } from '../adapter/socket/client.ts';
import { MaestroError } from '../error.ts';
import { borrowStory } from './borrowed.ts';
import { cloneFor, commitFiles, gitAt, usersGitAt, type Clone } from './clone.ts';
import { logOf, MAESTRO_HOOKS, runVerb, startCoordinator, type Coordinator } from './coordinator.ts';
import { sampleStory, type Agent, type Story } from './story.ts';

const REMOTE = 'remote.git';
const MESSAGE_CHARS_MAX = 400;
const REMOVALS_MAX = 20;
const REMOVAL_CALM_MS = 10;

export type Performer = { readonly agent: Agent; readonly clone: Clone; readonly tip: string };

export type Stage = {
  readonly root: string;
  readonly remote: string;
  readonly target: string;
  readonly story: Story;
  readonly casey: Clone;
  readonly coordinator: Coordinator;
  readonly client: ControlClient;
  readonly performers: readonly Performer[];
};

/** The folder exists from the first moment, so that whoever made it can always take it away. */
export function makeRoot(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), 'maestro-demo-')));
}

export function removeRoot(root: string): void {
  rmSync(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
}

/** A process that was just told to end may still write its last file. */
export async function removeRootForGood(root: string): Promise<void> {
  for (let tries = 0; tries < REMOVALS_MAX && existsSync(root); tries += 1) {
    removeRoot(root);
    await sleep(REMOVAL_CALM_MS);
  }
}

/** `source`: a repository to copy; null for the sample project. `onCoordinator` hears of the process as soon as there is one to stop. */
export async function setStage(root: string, source: string | null, abort: AbortSignal, onCoordinator: (coordinator: Coordinator) => void): Promise<Stage> {
  const remote = join(root, REMOTE);
  const target = source === null ? await emptyRemote(root, abort) : await copyOf(source, root, abort);
  const story = source === null ? sampleStory() : await borrowStory(gitAt(remote, abort), target);
  const casey = await cloneFor('Casey', remote, root, abort);
  if (story.start !== null) {
    await commitFiles(casey, story.start.files, story.start.message);
    await casey.git.raw(['push', '--quiet', 'origin', `HEAD:refs/heads/${target}`]);
  }
  const coordinator = await startCoordinator(casey.path, logOf(root));
  onCoordinator(coordinator);
  const ready = (agent: Agent): Promise<Performer> => prepare(agent, remote, root, coordinator.place.spool, abort);
  const [client, performers] = await bothOf(coordinator.connect(abort), story.agents.map(ready));
  return { root, remote, target, story, casey, coordinator, client, performers };
}

async function emptyRemote(root: string, abort: AbortSignal): Promise<string> {
  await gitAt(root, abort).raw(['init', '--quiet', '--bare', '--initial-branch=main', REMOTE]);
  return 'main';
}

/** One branch of it, in a bare copy: the original is only read. */
async function copyOf(source: string, root: string, abort: AbortSignal): Promise<string> {
  try {
    await usersGitAt(root, abort).raw(['clone', '--quiet', '--bare', '--single-branch', '--no-tags', '--', existsSync(source) ? resolve(source) : source, REMOTE]);
  } catch (error) {
    const said = error instanceof Error ? error.message.trim().slice(0, MESSAGE_CHARS_MAX) : String(error);
    throw new MaestroError('usage', `${source} cannot be copied: ${said}`, { next: 'maestro demo --repo <path or URL of a Git repository>', cause: error });
  }
  const git = gitAt(join(root, REMOTE), abort);
  if ((await git.raw(['rev-parse', '--is-shallow-repository'])).trim() === 'true') throw new MaestroError('usage', `${source} is a shallow clone, and git takes no branch from a copy of it`, { next: `git -C ${source} fetch --unshallow` });
  await git.raw(['remote', 'remove', 'origin']);
  const [head] = (await git.raw(['for-each-ref', '--format=%(refname:short)', 'refs/heads/'])).split('\n');
  if (head !== undefined && head !== '') return head;
  return detached(git, source);
}

/** A detached HEAD gives a copy without a branch; the commit is what counts. */
async function detached(git: ReturnType<typeof gitAt>, source: string): Promise<string> {
  const commit = (await git.raw(['rev-parse', '--verify', '--quiet', 'HEAD']).catch(() => '')).trim();
  if (commit === '') throw new MaestroError('no-commits', `${source} has no commit to start from`, { next: 'commit something there, or run maestro demo without --repo' });
  await git.raw(['update-ref', 'refs/heads/main', commit]);
  await git.raw(['symbolic-ref', 'HEAD', 'refs/heads/main']);
  return 'main';
}

async function prepare(agent: Agent, remote: string, root: string, spool: string, abort: AbortSignal): Promise<Performer> {
  const clone = await cloneFor(agent.name, remote, root, abort);
  await runVerb(MAESTRO_HOOKS, ['install', '--repo', clone.path, '--spool', spool], clone.path, abort);
  await clone.git.raw(['checkout', '--quiet', '-b', agent.branch]);
  return { agent, clone, tip: await commitFiles(clone, agent.edits, agent.message) };
}

/** Like Promise.all, but nothing is still running when it rejects: the folder can be taken away at once. */
async function bothOf<A, B>(one: Promise<A>, others: readonly Promise<B>[]): Promise<[A, readonly B[]]> {
  await Promise.allSettled([one, ...others]);
  return Promise.all([one, Promise.all(others)]);
}
