// The counter on a unix socket only its owner may open. Knows the Control port, nothing behind it.
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { MaestroError } from '../../error.ts';
import type { Answering, Control } from '../../port/control.ts';
import { CALL_CHARS_MAX, lineReader, type Answer, type Call } from './protocol.ts';

const CLIENTS_MAX = 64;
/** Waiting for one who follows and does not read: what comes then it misses. */
const UNREAD_BYTES_MAX = 8 * 1024 * 1024;

export type ControlServer = {
  /** Sends news to everybody who follows. */
  publish(news: unknown): void;
  /** From here on this one answers. */
  hand(control: Control): void;
  close(): Promise<void>;
};

/** The caller holds the state's lock: a socket file that is there is a dead one's. */
export async function serveControl(path: string, first: Control): Promise<ControlServer> {
  let control = first;
  const sockets = new Set<Socket>();
  const followers = new Set<Socket>();
  const server = createServer((socket) => {
    if (sockets.size >= CLIENTS_MAX) return void socket.destroy();
    sockets.add(socket);
    socket.setEncoding('utf8');
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      sockets.delete(socket);
      followers.delete(socket);
    });
    const read = lineReader(CALL_CHARS_MAX, (line) => void serve(socket, line), () => socket.destroy());
    socket.on('data', (chunk) => read(String(chunk)));
  });
  rmSync(path, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    // The mask closes the moment between bind and chmod.
    const mask = process.umask(0o177);
    server.listen(path, () => resolve());
    process.umask(mask);
  });
  chmodSync(path, 0o600);
  return {
    publish: (news) => {
      for (const socket of followers) if (socket.writableLength <= UNREAD_BYTES_MAX) send(socket, { id: 0, news });
    },
    hand: (next) => {
      control = next;
    },
    close: () => new Promise((resolve) => {
      for (const socket of sockets) socket.destroy();
      server.close(() => resolve());
    }),
  };

  async function serve(socket: Socket, line: string): Promise<void> {
    const call = parseCall(line);
    if (call === null) return void socket.destroy();
    if (call.verb === 'follow') {
      followers.add(socket);
      return send(socket, { id: call.id, ok: true, value: null });
    }
    try {
      send(socket, { id: call.id, ok: true, value: await answer(control, call) });
    } catch (error) {
      const known = error instanceof MaestroError ? error : new MaestroError('internal', String(error));
      send(socket, { id: call.id, ok: false, error: { code: known.code, message: known.message, next: known.next, retryable: known.retryable } });
    }
  }
}

function send(socket: Socket, answer: Answer): void {
  if (!socket.destroyed) socket.write(`${JSON.stringify(answer)}\n`);
}

function answer(control: Control, { verb, args }: Call): Promise<unknown> {
  switch (verb) {
    case 'status': return control.status();
    case 'explain': return control.explain(text(args, 0));
    case 'decide': return control.decide(text(args, 0), text(args, 1), text(args, 2), seenOf(textOrNull(args, 3)));
    case 'cancel': return control.cancel(text(args, 0), text(args, 1));
    case 'retry': return control.retry(text(args, 0), text(args, 1));
    case 'pause': return control.pause(textOrNull(args, 0), text(args, 1));
    case 'resume': return control.resume(textOrNull(args, 0), text(args, 1));
    case 'rollback': return control.rollback(text(args, 0), text(args, 1), args[2] === true);
    case 'promote': return control.promote(text(args, 0), text(args, 1));
    case 'tasks': return control.tasks();
    case 'lessons': return control.lessons();
    case 'radar': return control.radar(textOrNull(args, 0));
    case 'forget': return control.forget(text(args, 0));
    case 'certificate': return control.certificate(text(args, 0));
    default: throw new MaestroError('usage', `unknown command ${JSON.stringify(verb)}`);
  }
}

function parseCall(line: string): Call | null {
  try {
    const call: unknown = JSON.parse(line);
    if (typeof call !== 'object' || call === null || !('id' in call) || !('verb' in call) || !('args' in call)) return null;
    const { id, verb, args } = call;
    return typeof id === 'number' && typeof verb === 'string' && Array.isArray(args) ? { id, verb, args } : null;
  } catch {
    return null;
  }
}

function text(args: readonly unknown[], at: number): string {
  const value = args[at];
  if (typeof value !== 'string') throw new MaestroError('usage', `argument ${at + 1} is missing`);
  return value;
}

/** A client from before questions had a mark says none; what a person may do is nothing a client says. */
function seenOf(question: string | null): Answering {
  return question === null ? {} : { question };
}

function textOrNull(args: readonly unknown[], at: number): string | null {
  return args[at] === null || args[at] === undefined ? null : text(args, at);
}
