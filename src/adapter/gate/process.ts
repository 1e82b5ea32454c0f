// One run of a gate's command from start to the end of its whole process group, under its caps. Knows no git, no slot and no verdict.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { MaestroError } from '../../error.ts';
import { machineTrouble } from './failure.ts';
import type { Walls } from './isolation.ts';
import type { Log } from './log.ts';
import { killGroup } from './running.ts';

export type StopCause = 'timeout' | 'output' | 'disk' | 'aborted';
/** `escaped`: somebody outlived the group's end and still held the output open. */
export type Ending = { readonly exitCode: number | null; readonly signal: string | null; readonly stopped: StopCause | null; readonly ms: number; readonly escaped: boolean };

export type CommandTask = {
  readonly walls: Walls;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** A FIFO: unlike node's own pipes it can be opened again as /dev/stderr, and both streams keep their order. */
  readonly pipe: string;
  readonly log: Log;
  /** The folder whose size counts. */
  readonly directory: string;
  readonly timeoutMs: number;
  readonly outputBytesMax: number;
  readonly diskBytesMax: number;
  readonly abort: AbortSignal;
  /** Called in the same tick as the start. */
  readonly onStart: (leader: number) => void;
};

const GRACE_MS = 2000;
const DRAIN_MS = 1000;
const DISK_PERIOD_MS = 1000;
const DISK_LOOK_TIMEOUT_MS = 30_000;
const TIMER_MS_MAX = 2 ** 31 - 1;

/** Behind its walls already, waiting for the word: building them takes as long as the checkout it runs beside. */
export type HeldCommand = {
  go(): Promise<Ending>;
  /** Ends it without its command ever having run. */
  cancel(): Promise<void>;
};

export function holdCommand(task: CommandTask): HeldCommand {
  const { child, output } = start(task);
  const stopping = stopperFor(child.pid);
  // What is left of the group holds the channel, and so the end of it, open.
  child.once('exit', stopping.kill);
  const exit = exitOf(child);
  let failure: unknown = null;
  const drained = drain(output, task, () => stopping.stop('output')).catch((error: unknown) => {
    failure ??= error;
    stopping.kill();
  });
  const held: Held = { exit, stopping, output, drained, failure: () => failure, release: () => channelOf(child)?.write('go\n') };
  const cancel = async (): Promise<void> => {
    stopping.kill();
    await exit.catch(() => undefined);
    output.destroy();
  };
  return { go: () => perform(task, held), cancel };
}

type Held = {
  readonly exit: Promise<Exit>;
  readonly stopping: ReturnType<typeof stopperFor>;
  readonly output: Socket;
  readonly drained: Promise<void>;
  readonly failure: () => unknown;
  readonly release: () => void;
};

async function perform(task: CommandTask, { exit, stopping, output, drained, failure, release }: Held): Promise<Ending> {
  const startedAt = performance.now();
  const timer = setTimeout(() => stopping.stop('timeout'), Math.min(task.timeoutMs, TIMER_MS_MAX));
  const disk = watchDisk(task, () => stopping.stop('disk'));
  const onAbort = (): void => stopping.stop('aborted');
  task.abort.addEventListener('abort', onAbort, { once: true });
  if (task.abort.aborted) onAbort();
  release();
  try {
    const { code, signal, began } = await exit;
    const ms = Math.round(performance.now() - startedAt);
    stopping.kill();
    const escaped = await isHeldOpen(drained, output);
    if (!escaped && failure() !== null) throw failure();
    if (!began && stopping.cause() === null) throw new MaestroError('internal', `the gate's command could not be started: ${task.log.tail()}`, { retryable: true });
    return { exitCode: code, signal, stopped: stopping.cause(), ms, escaped };
  } catch (error) {
    throw machineTrouble(error, "the gate's command could not be run");
  } finally {
    clearTimeout(timer);
    stopping.done();
    disk.end();
    output.destroy();
    task.abort.removeEventListener('abort', onAbort);
  }
}

function start(task: CommandTask) {
  let writer: number | null = null;
  let output: Socket | null = null;
  try {
    output = new Socket({ fd: openSync(task.pipe, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW), readable: true, writable: false });
    writer = openSync(task.pipe, constants.O_WRONLY | constants.O_NOFOLLOW);
    const child = spawn(task.walls.file, task.walls.args, { cwd: task.cwd, env: task.env, stdio: ['ignore', writer, writer, 'pipe'], detached: true });
    if (child.pid !== undefined) noteStart(child.pid, task);
    return { child, output };
  } catch (error) {
    output?.destroy();
    throw machineTrouble(error, "the gate's command could not be started");
  } finally {
    if (writer !== null) closeSync(writer);
  }
}

/** A group that could not be noted would outlive us unseen. */
function noteStart(leader: number, task: CommandTask): void {
  try {
    task.onStart(leader);
  } catch (error) {
    killGroup(leader, 'SIGKILL');
    throw error;
  }
}

/** Everything that ends a run early comes here; the first cause counts. */
function stopperFor(leader: number | undefined) {
  let cause: StopCause | null = null;
  let grace: NodeJS.Timeout | null = null;
  const kill = (): void => {
    if (leader !== undefined) killGroup(leader, 'SIGKILL');
  };
  const stop = (why: StopCause): void => {
    if (cause !== null || leader === undefined) return;
    cause = why;
    // Who floods a disk or a log gets no time to go on with it.
    if (why === 'output' || why === 'disk') return kill();
    killGroup(leader, 'SIGTERM');
    grace = setTimeout(kill, GRACE_MS);
  };
  const done = (): void => {
    if (grace !== null) clearTimeout(grace);
  };
  return { stop, kill, done, cause: (): StopCause | null => cause };
}

type Exit = { readonly code: number | null; readonly signal: string | null; readonly began: boolean };

/** `began` tells a command that failed from walls that did: only the shell inside them answers on descriptor 3. */
function exitOf(child: ChildProcess): Promise<Exit> {
  const ended = new Promise<Exit>((resolve, reject) => {
    let began = false;
    const channel = channelOf(child);
    channel?.on('data', () => {
      began = true;
    });
    // Walls that fell close it; their exit says so.
    channel?.on('error', () => undefined);
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, began }));
  });
  // Whoever waits for it hears of it, but that may be later.
  ended.catch(() => undefined);
  return ended;
}

function channelOf(child: ChildProcess): Socket | null {
  const channel = child.pid === undefined ? null : child.stdio[3];
  return channel instanceof Socket ? channel : null;
}

/** Reads on beyond the cap, for the writer must not hang before it is killed; only what fits is kept. */
async function drain(output: Socket, task: CommandTask, onFull: () => void): Promise<void> {
  let bytes = 0;
  for await (const chunk of output) {
    if (!Buffer.isBuffer(chunk)) continue;
    const room = Math.max(0, task.outputBytesMax - bytes);
    bytes += chunk.length;
    if (room > 0) await task.log.write(chunk.subarray(0, room));
    if (bytes > task.outputBytesMax) onFull();
  }
}

async function isHeldOpen(drained: Promise<void>, output: Socket): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => late.resolve(true), DRAIN_MS);
  const escaped = await Promise.race([drained.then(() => false), late.promise]);
  clearTimeout(timer);
  if (escaped) output.destroy();
  return escaped;
}

/** du, not a walk of our own: it keeps the loop free, counts blocks, and gets into folders deeper than a path can be. */
function watchDisk(task: CommandTask, onFull: () => void) {
  let ended = false;
  let timer = setTimeout(look, DISK_PERIOD_MS);
  function look(): void {
    execFile('du', ['-sk', task.directory], { timeout: DISK_LOOK_TIMEOUT_MS, killSignal: 'SIGKILL' }, (_error, stdout) => {
      // Files that vanish meanwhile make du fail; its sum stands all the same.
      if (Number.parseInt(stdout, 10) * 1024 > task.diskBytesMax) onFull();
      if (!ended) timer = setTimeout(look, DISK_PERIOD_MS);
    });
  }
  return {
    end: (): void => {
      ended = true;
      clearTimeout(timer);
    },
  };
}
