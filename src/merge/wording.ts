// Verdicts, counts and spans in a few words, the same in a terminal and on a pull request. Nothing here repeats a branch's own text.
import type { Option, Verdict } from './request.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** "No gate" is never said as a pass. */
export function verdictWords(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'not-configured': return 'no gate configured';
    case 'passed': return verdict.reusedFrom === undefined ? `gate passed in ${duration(verdict.ms)}` : `gate passed (the run of ${verdict.reusedFrom}, on the same tree)`;
    case 'failed': return `gate FAILED (${causeWords(verdict)})`;
  }
}

export function causeWords(verdict: Extract<Verdict, { kind: 'failed' }>): string {
  switch (verdict.cause) {
    case 'exit': return `exit ${verdict.exitCode ?? 'by a signal'}`;
    case 'timeout': return `no end after ${duration(verdict.ms)}`;
    case 'output': return 'too much output';
    case 'disk': return 'too much disk';
  }
}

/** What speaks for an option: the lines it keeps; empty where there are none to count. */
export function keepWords({ ledger }: Option): string {
  const { keptOurs, keptTheirs, droppedOurs, droppedTheirs } = ledger;
  if (keptOurs + keptTheirs === 0) return '';
  return droppedOurs + droppedTheirs === 0 ? `keeps every line of both sides (${keptOurs + keptTheirs})` : `keeps ${linesWords(keptOurs, keptTheirs)}`;
}

/** What speaks against it: the lines it drops; empty where there are none, or a voter said the same and where. */
export function dropWords({ ledger, points }: Option): string {
  if (ledger.droppedOurs + ledger.droppedTheirs === 0) return '';
  const words = `drops ${linesWords(ledger.droppedOurs, ledger.droppedTheirs)}`;
  return points?.cons.some((con) => con.startsWith(words)) === true ? '' : words;
}

function linesWords(ours: number, theirs: number): string {
  const parts = [ours > 0 ? `${count(ours, 'line')} of the target's side` : '', theirs > 0 ? `${count(theirs, 'line')} of the branch's side` : ''];
  return parts.filter((part) => part !== '').join(' and ');
}

export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

export function duration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < MINUTE_MS) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  if (ms < HOUR_MS) return twoPlaces(ms, MINUTE_MS, 'min', 1000, 's');
  if (ms < DAY_MS) return twoPlaces(ms, HOUR_MS, 'h', MINUTE_MS, 'min');
  return twoPlaces(ms, DAY_MS, 'd', HOUR_MS, 'h');
}

function twoPlaces(ms: number, bigMs: number, big: string, smallMs: number, small: string): string {
  const rest = Math.floor((ms % bigMs) / smallMs);
  return `${Math.floor(ms / bigMs)} ${big}${rest === 0 ? '' : ` ${rest} ${small}`}`;
}
