// Asks a command: the prompt on its stdin, an answer somewhere in what it prints. No shell, an empty folder, an empty environment
// but for what is named, and nothing of its process group is left.
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { answerIn } from './answer-text.ts';
import type { Ask, Reply } from './mind.ts';
import type { Prompt } from './prompt.ts';

/** `env`: the whole environment it gets, as `commandEnvironment` makes it. */
export type Command = { readonly argv: readonly [string, ...string[]]; readonly env: Readonly<Record<string, string>> };

export const COMMAND_OUTPUT_BYTES_MAX = 1024 * 1024;
const DRAIN_MS = 1000;
const FOLDER_PREFIX = 'maestro-voter-';

/** Who runs now and in which folder, kept where the next coordinator finds it: `adapter/gate/running.ts` is one. */
export type Runs = { readonly note: (folder: string, leader: number) => void; readonly forget: (folder: string) => void };

export function commandAsk(command: Command, runs: Runs): Ask {
  return async (prompt, signal) => {
    const folder = await mkdtemp(join(tmpdir(), FOLDER_PREFIX));
    try {
      return await runIn(folder, command, runs, prompt, signal);
    } finally {
      await rm(folder, { recursive: true, force: true });
      runs.forget(basename(folder));
    }
  };
}

/** Of those whose coordinator was killed, by the names they were noted under. */
export async function removeFolders(names: readonly string[]): Promise<void> {
  for (const name of names) if (name.startsWith(FOLDER_PREFIX)) await rm(join(tmpdir(), name), { recursive: true, force: true });
}

async function runIn(folder: string, { argv: [file, ...args], env }: Command, runs: Runs, prompt: Prompt, signal: AbortSignal): Promise<Reply> {
  if (signal.aborted) return { kind: 'silence', why: 'aborted' };
  const child = spawn(file, args, { cwd: folder, env: { ...env, TMPDIR: folder }, stdio: 'pipe', detached: true, shell: false });
  const kill = (): void => killGroup(child.pid);
  signal.addEventListener('abort', kill, { once: true });
  child.on('error', () => undefined);
  try {
    if (child.pid !== undefined) runs.note(basename(folder), child.pid);
    const printed = collect(child, kill);
    child.stderr.resume();
    // A command that ends without reading is no trouble of ours.
    child.stdin.on('error', () => undefined);
    child.stdin.end(`${prompt.system}\n\n${prompt.user}\n`);
    const code = await endOf(child);
    // Whoever it left behind in its group holds the output open.
    kill();
    await drained(child);
    if (child.pid === undefined) return { kind: 'silence', why: 'failed', unread: true };
    const text = printed();
    if (text === null) return { kind: 'silence', why: 'answer-too-large' };
    if (code !== 0) return { kind: 'silence', why: 'failed' };
    const value = answerIn(text, prompt);
    return value === null ? { kind: 'silence', why: 'no-answer' } : { kind: 'answer', value, tokens: null, model: null };
  } finally {
    signal.removeEventListener('abort', kill);
    kill();
    // Whoever left the group may write on for ever: nobody reads, and nothing keeps us alive.
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
  }
}

/** What was printed, or null once it was too much; then the command has been killed. */
function collect(child: ChildProcessWithoutNullStreams, kill: () => void): () => string | null {
  const chunks: Buffer[] = [];
  let bytes = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= COMMAND_OUTPUT_BYTES_MAX) chunks.push(chunk);
    else kill();
  });
  return () => bytes <= COMMAND_OUTPUT_BYTES_MAX ? Buffer.concat(chunks).toString('utf8') : null;
}

/** Null: it could not be started, or was killed. */
async function endOf(child: ChildProcessWithoutNullStreams): Promise<number | null> {
  try {
    await once(child, 'exit');
  } catch {
    return null;
  }
  return child.exitCode;
}

/** Somebody who left the group may hold the output open: nobody waits for that one. */
async function drained(child: ChildProcessWithoutNullStreams): Promise<void> {
  if (child.stdout.closed || child.pid === undefined) return;
  const late = setTimeout(() => child.stdout.destroy(), DRAIN_MS);
  await once(child.stdout, 'close').catch(() => undefined);
  clearTimeout(late);
}

function killGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // Already gone.
  }
}

const HANDED_ON = ['PATH', 'HOME', 'LANG'];
const PATH_DEFAULT = '/usr/local/bin:/usr/bin:/bin';

/** Only what every command needs, and what the machine's owner named for this one. */
export function commandEnvironment(named: readonly string[], ours: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const env: Record<string, string> = { PATH: PATH_DEFAULT };
  for (const name of [...HANDED_ON, ...named]) {
    const value = ours[name];
    if (value !== undefined) env[name] = value;
  }
  return env;
}
