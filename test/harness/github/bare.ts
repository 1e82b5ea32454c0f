// Git on the server's side: questions and small writes on a bare repository. Knows no HTTP and no rule.
import { bindGit } from '../../../src/adapter/git/run.ts';
import { appendFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Schemas } from './state.ts';

export type Bare = {
  readonly directory: string;
  run(args: readonly string[], input?: string): Promise<{ readonly code: number; readonly stdout: string }>;
  must(args: readonly string[], input?: string): Promise<string>;
};
export type CommitFacts = { readonly sha: string; readonly tree: string; readonly parents: readonly string[]; readonly message: string; readonly name: string; readonly email: string; readonly date: string };
export type MergeOutcome = { readonly kind: 'merged'; readonly tree: string } | { readonly kind: 'conflict' };

export const ZERO = '0'.repeat(40);
const SERVER = { GIT_AUTHOR_NAME: 'GitHub', GIT_AUTHOR_EMAIL: 'noreply@github.com', GIT_COMMITTER_NAME: 'GitHub', GIT_COMMITTER_EMAIL: 'noreply@github.com' };

/** As on GitHub: any reachable object may be asked for by id, a push may delete, and nobody waits for the tidying up. */
const CONFIG = '[http]\n\treceivepack\n[uploadpack]\n\tallowAnySHA1InWant\n\tallowFilter\n[core]\n\tlogAllRefUpdates = false\n\tfsync = none\n[receive]\n\tadvertiseAtomic\n\tautogc = false\n';

export async function newBare(defaultBranch: string): Promise<Bare> {
  const directory = mkdtempSync(join(tmpdir(), 'maestro-github-'));
  const bare = bareAt(directory);
  await bare.must(['init', '-q', '--bare', '--template=', '-b', defaultBranch, directory]);
  appendFileSync(join(directory, 'config'), CONFIG);
  return bare;
}

export function bareAt(directory: string): Bare {
  const runner = bindGit(directory);
  return {
    directory,
    run: async (args, input) => {
      const { code, stdout } = await runner.run(args, { env: SERVER, ...(input === undefined ? {} : { input }) });
      return { code, stdout: stdout.toString('utf8').replace(/\n$/, '') };
    },
    must: async (args, input) => (await runner.must(args, { env: SERVER, ...(input === undefined ? {} : { input }) })).replace(/\n$/, ''),
  };
}

export async function refsOf(bare: Bare): Promise<Readonly<Record<string, string>>> {
  const lines = (await bare.must(['for-each-ref', '--format=%(refname) %(objectname)'])).split('\n').filter((line) => line !== '');
  return Object.fromEntries(lines.map((line) => line.split(' ') as [string, string]));
}

export async function isAncestor(bare: Bare, old: string, young: string): Promise<boolean> {
  return (await bare.run(['merge-base', '--is-ancestor', old, young])).code === 0;
}

/** What git's own merge makes of the two, without touching a ref. */
export async function mergeTrees(bare: Bare, ours: string, theirs: string): Promise<MergeOutcome> {
  const { code, stdout } = await bare.run(['merge-tree', '--write-tree', '--no-messages', ours, theirs]);
  return code === 0 ? { kind: 'merged', tree: stdout.split('\n')[0] ?? '' } : { kind: 'conflict' };
}

export function commitTree(bare: Bare, tree: string, parents: readonly string[], message: string): Promise<string> {
  return bare.must(['commit-tree', tree, ...parents.flatMap((one) => ['-p', one]), '-F', '-'], message);
}

/** A full id, a branch, a tag or HEAD; null when there is nothing of that name. */
export async function commitNamed(bare: Bare, name: string): Promise<string | null> {
  for (const spec of [`refs/heads/${name}`, name]) {
    const { code, stdout } = await bare.run(['rev-parse', '--verify', '--quiet', '--end-of-options', `${spec}^{commit}`]);
    if (code === 0) return stdout;
  }
  return null;
}

export async function commitFacts(bare: Bare, range: readonly string[]): Promise<readonly CommitFacts[]> {
  const out = await bare.must(['log', '--format=%H%x00%T%x00%P%x00%an%x00%ae%x00%aI%x00%B%x01', ...range]);
  return out.split('\x01').map((one) => one.replace(/^\n/, '')).filter((one) => one !== '').map((one) => {
    const [sha = '', tree = '', parents = '', name = '', email = '', date = '', message = ''] = one.split('\0');
    return { sha, tree, parents: parents === '' ? [] : parents.split(' '), message: message.replace(/\n+$/, ''), name, email, date };
  });
}

export function commitView(url: string, page: string, facts: CommitFacts): Schemas['commit'] {
  const who = { name: facts.name, email: facts.email, date: facts.date };
  const at = (sha: string): { sha: string; url: string; html_url: string } => ({ sha, url: `${url}/commits/${sha}`, html_url: `${page}/commit/${sha}` });
  return {
    ...at(facts.sha), node_id: `C_${facts.sha}`, comments_url: `${url}/commits/${facts.sha}/comments`, author: null, committer: null, parents: facts.parents.map(at),
    commit: { url: `${url}/git/commits/${facts.sha}`, author: who, committer: who, message: facts.message, comment_count: 0, tree: { sha: facts.tree, url: `${url}/git/trees/${facts.tree}` } },
  };
}
