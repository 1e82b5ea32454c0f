// The webhook door as a process of its own, for bench/webhook.ts: real file, real pump, a handler that does nothing. Says its port, then its memory when asked.
import { openDoor } from '../src/adapter/http/door.ts';
import { startPump } from '../src/adapter/embedded/pump.ts';
import { systemClock } from '../src/adapter/local/clock.ts';
import { openSqliteMailbox } from '../src/adapter/sqlite/mailbox.ts';

const SAMPLED_MS = 10;

/** `rss`: now; `peak`: the highest since the last question. */
export type Memory = { readonly rss: number; readonly peak: number };

// The list of benchmarks loads every file beside it.
if (process.argv[1] === import.meta.filename) await serve(process.argv[2] ?? '', process.argv[3] ?? '');

async function serve(file: string, secret: string): Promise<void> {
  const mailbox = await openSqliteMailbox(file);
  const clock = systemClock();
  const pump = startPump({ mailbox, clock, handle: async () => {}, tell: () => {} });
  const door = await openDoor({
    host: '127.0.0.1', port: 0, secrets: { current: secret, previous: null }, handled: new Set(['push']), mailbox, clock,
    tell: (news) => {
      if (news.kind === 'accepted') pump.wake();
    },
    pages: new Map(), fallback: (_, response) => void response.end(),
  });
  let peak = 0;
  let sampling: NodeJS.Timeout | null = null;
  process.on('message', () => {
    const rss = process.memoryUsage.rss();
    process.send?.({ rss, peak: Math.max(peak, rss) } satisfies Memory);
    peak = rss;
    // From the first question on only: asking the kernel so often costs a twentieth of the throughput.
    sampling ??= setInterval(() => {
      peak = Math.max(peak, process.memoryUsage.rss());
    }, SAMPLED_MS);
  });
  process.on('disconnect', () => process.exit());
  process.send?.(door.port);
}
