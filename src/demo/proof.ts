// Asks git, on the remote itself, whether a branch is really there. Believes nothing Maestro said.
import type { SimpleGit } from 'simple-git';
import type { Performer } from './stage.ts';

/** The branches whose tip is no ancestor of the target. */
export async function notOnTarget(git: SimpleGit, remote: string, target: string, performers: readonly Performer[]): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const { agent, tip } of performers) {
    const fresh = await git.raw(['-C', remote, 'rev-list', '--max-count=1', tip, `^refs/heads/${target}`]);
    if (fresh.trim() !== '') missing.push(agent.branch);
  }
  return missing;
}
