// A shell that outlives the demo by one task: however the demo ended, also by SIGKILL, it takes away what that left.
import { spawn } from 'node:child_process';

export type Sentry = {
  /** That process ends with the demo, too. */
  watch(pid: number): void;
  /** Nothing is left to take away, or all of it is to stay. */
  dismiss(): void;
};

// Its input closes when the demo is gone.
const TASK = `while read -r said; do [ "$said" = dismissed ] && exit; pid=$said; done
kill "$pid"; tries=0
while kill -0 "$pid" && [ $tries -lt 50 ]; do sleep 0.1; tries=$((tries + 1)); done
kill -9 "$pid"; rm -rf -- "$1"`;

export function postSentry(root: string): Sentry {
  // A session of its own, so that what ends the demo's whole group does not end it.
  const child = spawn('/bin/sh', ['-c', TASK, 'sentry', root], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  // Without it the demo ends as it would have: by taking away its things itself.
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  child.unref();
  return { watch: (pid) => void child.stdin.write(`${pid}\n`), dismiss: () => void child.stdin.end('dismissed\n') };
}
