// `maestro demo`: the story of a few agents on real Git. Decides how it is shown and how it ends; the story is demo/'s.
import { setTimeout as sleep } from 'node:timers/promises';
import { runDemo, type Outcome } from '../demo/demo.ts';
import { pageOf } from '../demo/page.ts';
import type { Passage, Tell } from '../demo/passage.ts';
import { MaestroError } from '../error.ts';
import { line, paint, tailLines } from './render/line.ts';
import { printJson, type Call, type Verb } from './verb.ts';

const PACE_SECONDS_MAX = 60;
const PACE_SECONDS_ON_TERMINAL = 0.5;
const INTERRUPTED_EXIT = 130;
const LOG_LINES_SHOWN = 8;

export const demoCommand: Verb = {
  args: [],
  flags: [['--keep', 'leave the remote, the clones and the running coordinator in place, and say how to play with them'], ['--pace <seconds>', `time to read between scenes (default: ${PACE_SECONDS_ON_TERMINAL} on a terminal, none elsewhere)`]],
  notes: 'With --repo the story is played on a copy of that repository; the original is only read.\nExit code 0 only when git finds all branches on the remote\'s target.',
  run: async (call) => {
    if (call.state !== null) throw new MaestroError('usage', 'the demo keeps its state in a temporary folder of its own: --state means nothing here', { next: 'maestro demo --keep' });
    const paceMs = paceOf(call);
    const told: Passage[] = [];
    const tell: Tell = call.json ? (passage) => told.push(passage) : (passage) => call.terminal.out(pageOf(passage, call.terminal.columns(), call.terminal.colour));
    const interruption = new AbortController();
    const release = onInterrupt(() => interruption.abort());
    try {
      const pause = (): Promise<void> => paceMs === 0 ? Promise.resolve() : sleep(paceMs, undefined, { signal: interruption.signal });
      const outcome = await runDemo({ source: call.value('repo'), keep: call.has('keep') }, tell, pause, interruption.signal);
      return finish(call, outcome, told, interruption.signal.aborted);
    } finally {
      release();
    }
  },
};

function paceOf(call: Call): number {
  const given = call.value('pace');
  if (given === null) return call.terminal.isTerminal && !call.json ? PACE_SECONDS_ON_TERMINAL * 1000 : 0;
  const seconds = Number(given);
  if (given.trim() === '' || !Number.isFinite(seconds) || seconds < 0 || seconds > PACE_SECONDS_MAX) throw new MaestroError('usage', `--pace takes seconds between 0 and ${PACE_SECONDS_MAX}, not "${given}"`, { next: 'maestro demo --pace 2' });
  return seconds * 1000;
}

function finish(call: Call, outcome: Outcome, told: readonly Passage[], interrupted: boolean): number {
  if (outcome.ok) {
    if (call.json) printJson(call, { ok: true, ...outcome.summary, kept: outcome.kept, passages: told });
    return 0;
  }
  const { code, message, next } = outcome.error;
  if (call.json) printJson(call, { ok: false, interrupted, error: { code, message, next }, log: outcome.log, passages: told });
  else if (interrupted) call.terminal.err('maestro: interrupted; everything the demo made is removed');
  else call.terminal.err(failureText(outcome, call.terminal.colour));
  return interrupted ? INTERRUPTED_EXIT : code === 'usage' ? 2 : 1;
}

function failureText({ error, log }: Extract<Outcome, { ok: false }>, colour: boolean): string {
  return paint([
    line('bad', `maestro: the demo did not end well: ${error.message}`),
    ...(error.next === null ? [] : [line('plain', `  next: ${error.next}`)]),
    ...(log === '' ? [] : [line('quiet', '  the coordinator\'s last words:'), ...tailLines(log, LOG_LINES_SHOWN).map((text) => line('quiet', `  | ${text}`))]),
  ], colour);
}

/** The first signal asks; everything is taken away before the process ends. */
function onInterrupt(stop: () => void): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, stop);
  return () => {
    for (const signal of signals) process.removeListener(signal, stop);
  };
}
