// What a failed verb says, and the exit code it ends with. The one place where an error becomes words.
import { MaestroError, type ErrorCode } from '../error.ts';
import { printable } from '../merge/branch.ts';
import type { Terminal } from './terminal.ts';

const MESSAGE_CHARS_MAX = 2000;

export const EXIT_CODES = 'Exit codes: 0 done, 1 trouble, 2 wrong usage, 3 state held by another coordinator, 4 unknown request or not allowed, 7 remote unreachable, 8 no coordinator is running.';

export function exitCodeOf(code: ErrorCode): number {
  switch (code) {
    case 'usage': return 2;
    case 'state-held': case 'fenced': return 3;
    case 'unknown-request': case 'not-allowed': return 4;
    case 'unreachable': return 7;
    case 'not-running': return 8;
    case 'not-a-repository': case 'no-remote': case 'no-commits': case 'git-failed': case 'git-too-old': case 'config-invalid':
    case 'state-newer': case 'state-corrupt': case 'store-unsafe': case 'disk': case 'forge-refused': case 'object-corrupt': case 'object-missing': case 'object-format':
    case 'certificate-unsound': case 'engine-full': case 'timeout': case 'internal':
      return 1;
  }
}

/** Says it on stderr, or as one JSON document on stdout. `help`: where wrong usage looks that knows nothing nearer. Returns the exit code. */
export function sayFailure(error: unknown, json: boolean, terminal: Terminal, help: string): number {
  const known = asMaestroError(error);
  const { code, message, retryable } = known;
  const next = known.next ?? (code === 'unreachable' ? 'maestro doctor' : code === 'usage' ? help : null);
  if (json) terminal.out(JSON.stringify({ error: { code, message, next, retryable } }));
  else terminal.err([`maestro: ${printable(message, MESSAGE_CHARS_MAX)}`, ...(next === null ? [] : [`  next: ${printable(next)}`])].join('\n'));
  if (process.env['MAESTRO_DEBUG'] === '1') terminal.err(stackOf(error));
  return exitCodeOf(code);
}

function asMaestroError(error: unknown): MaestroError {
  if (error instanceof MaestroError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new MaestroError('internal', `something unforeseen happened: ${message}`, { next: 'MAESTRO_DEBUG=1 maestro ... shows where', cause: error });
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${error.stack ?? error.message}${error.cause === undefined ? '' : `\ncaused by ${stackOf(error.cause)}`}`;
}
