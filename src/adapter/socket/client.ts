// Speaks to a running coordinator over its socket. Loads nothing else: `maestro status` must answer at once.
import { createConnection, type Socket } from 'node:net';
import { MaestroError, type ErrorCode } from '../../error.ts';
import type { Control } from '../../port/control.ts';
import { ANSWER_CHARS_MAX, lineReader, type Answer } from './protocol.ts';

const ANSWER_TIMEOUT_MS = 120_000;
/** Questions are answered from memory: a coordinator that cannot do that in time is stopped or stuck. */
const LOOK_TIMEOUT_MS = 5_000;
const LOOKS = new Set(['status', 'explain', 'tasks', 'lessons']);
// A stopped process keeps its socket open and says nothing: connecting works, answering does not.
const CONNECT_TIMEOUT_MS = 2_000;
const HUNG_UP = 'the coordinator hung up';

export type ControlClient = Control & {
  /** Calls back for every turn of every lane until closed. */
  follow(onNews: (news: unknown) => void): Promise<void>;
  /** Resolves when the coordinator hung up. */
  readonly hungUp: Promise<void>;
  close(): void;
};

/** Null when nobody listens there. */
export async function connectControl(path: string): Promise<ControlClient | null> {
  const socket = await connect(path);
  if (socket === null) return null;
  const waiting = new Map<number, (answer: Answer) => void>();
  let onNews = (_news: unknown): void => undefined;
  let lastId = 0;
  const hungUp = new Promise<void>((resolve) => socket.once('close', () => {
    for (const [id, settle] of waiting) settle({ id, ok: false, error: { code: 'not-running', message: HUNG_UP, next: 'maestro start', retryable: true } });
    resolve();
  }));
  const read = lineReader(ANSWER_CHARS_MAX, (line) => {
    const answer = JSON.parse(line) as Answer;
    if ('news' in answer) return onNews(answer.news);
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  }, () => socket.destroy());
  socket.on('data', (chunk) => read(String(chunk)));

  const ask = <T>(verb: string, ...args: readonly unknown[]): Promise<T> => new Promise((resolve, reject) => {
    if (socket.destroyed) return reject(new MaestroError('not-running', HUNG_UP, { retryable: true, next: 'maestro start' }));
    const id = (lastId += 1);
    const timer = setTimeout(() => reject(new MaestroError('timeout', 'the coordinator does not answer', { next: 'maestro doctor' })), LOOKS.has(verb) ? LOOK_TIMEOUT_MS : ANSWER_TIMEOUT_MS);
    waiting.set(id, (answer) => {
      clearTimeout(timer);
      if ('news' in answer) return;
      if (answer.ok) resolve(answer.value as T);
      else reject(new MaestroError(answer.error.code as ErrorCode, answer.error.message, { retryable: answer.error.retryable, ...(answer.error.next === null ? {} : { next: answer.error.next }) }));
    });
    socket.write(`${JSON.stringify({ id, verb, args })}\n`);
  });

  return {
    status: () => ask('status'),
    explain: (id) => ask('explain', id),
    decide: (id, answer, by, more) => ask('decide', id, answer, by, more?.question ?? null),
    cancel: (id, by) => ask('cancel', id, by),
    retry: (id, by) => ask('retry', id, by),
    pause: (target, by) => ask('pause', target, by),
    resume: (target, by) => ask('resume', target, by),
    rollback: (id, by, dryRun) => ask('rollback', id, by, dryRun),
    promote: (branch, by) => ask('promote', branch, by),
    tasks: () => ask('tasks'),
    certificate: (id) => ask('certificate', id),
    lessons: () => ask('lessons'),
    radar: (branch) => ask('radar', branch),
    forget: (by) => ask('forget', by),
    follow: async (listener) => {
      onNews = listener;
      await ask('follow');
    },
    hungUp,
    close: () => socket.destroy(),
  };
}

function connect(path: string): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = createConnection(path);
    socket.setEncoding('utf8');
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => socket.destroy());
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.removeAllListeners('error');
      socket.on('error', () => socket.destroy());
      resolve(socket);
    });
    socket.once('error', () => resolve(null));
  });
}
