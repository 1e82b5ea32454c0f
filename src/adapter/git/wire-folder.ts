// The wire's line to a repository on this machine: one process of the remote's own side, as git would start three calls later. Knows no branch and no pack.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { onDisk } from './disk.ts';
import { feed, gitEnvironment, gitProgram, killGroup } from './run.ts';
import { ANSWER_BYTES_MAX, type Line, type Reply, type Service } from './wire.ts';

/** The environment is ours, the config and the hooks are the remote's: it is the remote that runs. */
const COMMANDS: Readonly<Record<Service, readonly string[]>> = {
  'git-upload-pack': ['-c', 'uploadpack.allowRefInWant=true', 'upload-pack', '--stateless-rpc'],
  // While a push is looked at, the repository counts as an alternate of itself: its refs need not be listed a second time.
  'git-receive-pack': ['-c', 'core.alternateRefsCommand=true', 'receive-pack', '--stateless-rpc'],
};

/** `scratch`: a folder for answers, which leave no name in it. */
export function overFolder(path: string, scratch: string, environment: () => Readonly<Record<string, string>>, ending: AbortSignal): Line {
  return {
    takesNames: true,
    post: (service, body, timeoutMs) => {
      const env = gitEnvironment({ ...environment(), ...(service === 'git-upload-pack' ? { GIT_PROTOCOL: 'version=2' } : {}) });
      return serve([...COMMANDS[service], path], env, scratch, body, AbortSignal.any([ending, AbortSignal.timeout(timeoutMs)]));
    },
  };
}

/** The answer goes into a file, no pipe that breaks when we end first: a push that was taken still has hooks of the remote's to run. */
async function serve(args: readonly string[], env: Record<string, string>, scratch: string, body: () => Promise<Buffer>, signal: AbortSignal): Promise<Reply> {
  const answer = openNameless(scratch);
  try {
    const code = await run(args, env, answer, body, signal);
    const bytes = fstatSync(answer).size;
    return code === 0 && bytes <= ANSWER_BYTES_MAX ? { kind: 'body', body: readWhole(answer, bytes) } : { kind: 'sent' };
  } finally {
    closeSync(answer);
  }
}

/** Its exit code; null: it was ended, or never began. */
function run(args: readonly string[], env: Record<string, string>, answer: number, body: () => Promise<Buffer>, signal: AbortSignal): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(gitProgram(), args, { env, stdio: ['pipe', answer, 'ignore'], detached: true });
    const stop = (): void => killGroup(child.pid);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    child.once('error', () => resolve(null));
    child.once('close', (code) => {
      signal.removeEventListener('abort', stop);
      resolve(code);
    });
    if (child.stdin === null) return;
    // One that ends without reading everything closes the pipe; its exit code says why.
    child.stdin.on('error', () => undefined);
    feed(child.stdin, body).catch((error: unknown) => {
      stop();
      reject(error);
    });
  });
}

/** From its start: whoever wrote it left the place to read from at its end. */
function readWhole(file: number, bytes: number): Buffer {
  const whole = Buffer.alloc(bytes);
  readSync(file, whole, 0, bytes, 0);
  return whole;
}

/** Gone with the last process that has it open. */
function openNameless(folder: string): number {
  const path = join(folder, `tmp_answer_${randomUUID()}`);
  return onDisk(path, () => {
    const file = openSync(path, 'wx+', 0o600);
    rmSync(path);
    return file;
  });
}
