// A call of git that nothing depends on: no answer in time is an answer, too.
import type { GitRunner } from './run.ts';

/** What it printed; null where it failed or took too long. */
export async function quietly(git: GitRunner, args: readonly string[], timeoutMs: number): Promise<Buffer | null> {
  try {
    const { code, stdout } = await git.run(args, { timeoutMs });
    return code === 0 ? stdout : null;
  } catch {
    return null;
  }
}
