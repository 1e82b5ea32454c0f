// What to tell an author about a commit message before it is committed. Pure: whether a branch exists is asked of the caller.
import { printable } from '../merge/branch.ts';
import { readSignal } from '../merge/signal.ts';

export type Advice = { readonly refused: boolean; readonly lines: readonly string[] };
export const SILENCE: Advice = { refused: false, lines: [] };

/** `text` is the message file as the editor left it; `unknownOf` returns those names no branch has. */
export function adviseOnMessage(text: string, marker: string, unknownOf: (names: readonly string[]) => readonly string[]): Advice {
  const message = asCommitted(text);
  const reading = readSignal(message, marker);
  switch (reading.kind) {
    case 'none': return SILENCE;
    case 'ready': return aboutDependencies(unknownOf(reading.signal.dependsOn));
    case 'malformed': return { refused: reading.ready || hasNearMiss(message, marker), lines: reading.problems };
  }
}

function aboutDependencies(unknown: readonly string[]): Advice {
  return { refused: false, lines: unknown.map((name) => `Depends-On: no branch ${printable(name, 80)} is known in this clone; Maestro will wait for it to be pushed`) };
}

const SCISSORS = /^. -+ >8 -+$/;

/** Without what git will cut off: comments, and the diff of `commit --verbose`. */
function asCommitted(text: string): string {
  const lines = text.split(/\r?\n/);
  const end = lines.findIndex((line) => SCISSORS.test(line));
  return lines.slice(0, end < 0 ? lines.length : end).filter((line) => !line.startsWith('#')).join('\n');
}

/**
 * A botched marker line. Not the exact line in a commit that does not count (a cherry-pick, a merge), which is nobody's mistake,
 * and not "Ready to merge" in plain words, which may be meant as no more than that: these are only said.
 */
function hasNearMiss(message: string, marker: string): boolean {
  const lines = message.split('\n').map((line) => line.trimEnd());
  return !lines.includes(marker) && lines.some((line) => lettersOf(line) === lettersOf(marker) && !isPlainEnglish(line));
}

function isPlainEnglish(line: string): boolean {
  return /^[A-Za-z]+(?: [A-Za-z]+)+[.!]?$/.test(line) && line !== line.toUpperCase();
}

function lettersOf(line: string): string {
  return line.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}
