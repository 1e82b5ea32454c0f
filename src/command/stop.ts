// What a signal means: to a verb that runs on the first asks it to end and one more insists; any other ends, and leaves nothing behind. Knows no verb.
import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
/** A terminal, `timeout` and systemd tell every process of a group, and whoever started one passes on what it heard: that is one word, said twice. */
const ONE_WORD_MS = 500;

/** Returns what ends the listening: from then on a signal kills as it kills anybody. */
export function onStop(asked: () => void, insisted: () => void = () => undefined): () => void {
  let first: { readonly signal: string; readonly atMs: number } | null = null;
  const hear = (signal: string): void => {
    if (first === null) {
      first = { signal, atMs: Date.now() };
      asked();
    } else if (signal !== first.signal || Date.now() - first.atMs > ONE_WORD_MS) insisted();
  };
  for (const signal of SIGNALS) process.on(signal, hear);
  return () => {
    for (const signal of SIGNALS) process.off(signal, hear);
  };
}

/** Ends as one does by itself: what was made on the way is taken away. */
export function endTidily(...signals: readonly ('SIGINT' | 'SIGTERM' | 'SIGHUP')[]): void {
  for (const signal of signals) process.once(signal, () => process.exit(128 + constants.signals[signal]));
}
