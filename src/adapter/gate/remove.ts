// Taking away what a gate left behind, whatever it is. rm is asked: it follows no link and knows no longest path.
import { execFile } from 'node:child_process';
import { rename } from 'node:fs/promises';

const REMOVE_TIMEOUT_MS = 10 * 60_000;

/** Paths are bytes: a gate may leave names that are no UTF-8. */
export async function removeAll(paths: readonly Buffer[]): Promise<void> {
  if (paths.length === 0) return;
  const input = Buffer.concat(paths.flatMap((path) => [path, Buffer.of(0)]));
  try {
    await feed('xargs', ['-0', 'rm', '-rf', '--'], input);
  } catch {
    // Folders a gate made read-only: opened first, then again.
    await feed('xargs', ['-0', 'chmod', '-R', 'u+rwX', '--'], input).catch(() => undefined);
    await feed('xargs', ['-0', 'rm', '-rf', '--'], input);
  }
}

export function remove(path: string): Promise<void> {
  return removeAll([Buffer.from(path)]);
}

/** Out of the way at once, gone a little later. The promise is the second part and never rejects. */
export async function throwAway(path: string, trash: string): Promise<{ readonly gone: Promise<void> }> {
  await rename(path, trash);
  return { gone: remove(trash).catch(() => undefined) };
}

function feed(file: string, args: readonly string[], input: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = execFile(file, args, { timeout: REMOVE_TIMEOUT_MS, killSignal: 'SIGKILL' }, (error) => {
      if (error === null) resolve();
      else reject(error);
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}
