// Where a verb writes and asks: the process's own streams, and what they can show. Knows no verb.
import { isatty } from 'node:tty';

const COLUMNS_DEFAULT = 100;
const COLUMNS_MIN = 40;
/** A screen anew. What scrolled out of it is the person's and stays. */
export const CLEAR = '\u001b[H\u001b[J';

export type Terminal = {
  /** A person reads stdout. */
  readonly isTerminal: boolean;
  /** A person can also answer. */
  readonly canAsk: boolean;
  readonly colour: boolean;
  columns(): number;
  /** Both add the line's end. */
  out(text: string): void;
  err(text: string): void;
  /** Null when there is no more input. */
  ask(question: string): Promise<string | null>;
};

export function openTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  const isTerminal = isatty(1);
  // `maestro status | head`: who stops reading has seen enough.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  return {
    isTerminal,
    canAsk: isTerminal && isatty(0),
    colour: isTerminal && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb',
    columns: () => Math.max(COLUMNS_MIN, stdout.columns > 0 ? stdout.columns : COLUMNS_DEFAULT),
    out: (text) => void stdout.write(`${text}\n`),
    err: (text) => void stderr.write(`${text}\n`),
    ask,
  };
}

async function ask(question: string): Promise<string | null> {
  const { createInterface } = await import('node:readline/promises');
  const reader = createInterface({ input: process.stdin, output: process.stdout });
  const closed = new Promise<null>((resolve) => reader.once('close', () => resolve(null)));
  try {
    return await Promise.race([reader.question(question), closed]);
  } catch {
    // Ctrl-C and Ctrl-D reject the question: nothing was answered.
    return null;
  } finally {
    reader.close();
  }
}
