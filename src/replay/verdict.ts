// What the ladder would have done with one past conflict, held against what people committed. Pure; knows no Git.
import { mergeLines } from '../engine/line/merge-lines.ts';
import { align } from '../resolution/align.ts';
import { bare, bareKey, bareLines, linesOf, speaks } from '../resolution/line.ts';
import type { ConflictFile } from '../resolution/conflict-file.ts';
import type { LineLedger } from '../resolution/line-ledger.ts';

/** The ladder's answer. `options` best first; `resolved` is the best of them, null when there is none, and `why` says why not. */
export type Answer = { readonly resolved: string | null; readonly confidence: number; readonly rung: string; readonly options: readonly string[]; readonly ledger: LineLedger | null; readonly why: string | null };

/** How near the answer is to what was committed: `space` is equal but for white space and blank lines, `order` but for the order of lines too. */
export type Match = 'byte' | 'space' | 'order' | 'other' | 'unanswered';

export type Verdict = {
  readonly merge: string;
  readonly path: string;
  readonly rung: string;
  readonly confidence: number;
  readonly match: Match;
  readonly why: string | null;
  readonly options: number;
  /** What was committed is among the options. */
  readonly among: boolean;
  readonly hunks: HunkCount;
  /** Lines only one side added, kept by the people and missing in the answer; `untold` of them stand in no ledger. */
  readonly lost: number;
  readonly untold: number;
  readonly ms: number;
};

/** `placed`: found in what was committed. Only those are judged. */
export type HunkCount = { readonly all: number; readonly placed: number; readonly right: number; readonly among: number };

export function judge(merge: string, file: ConflictFile, committed: string, answer: Answer, ms: number): Verdict {
  const { resolved, confidence, rung, options, ledger, why } = answer;
  const missing = resolved === null ? [] : lostLines(file, committed, resolved);
  const told = new Set((ledger?.dropped ?? []).map(({ text }) => bare(text)));
  return {
    merge, path: file.path, rung, confidence: resolved === null ? 0 : confidence, why,
    match: matchOf(resolved, committed),
    options: options.length,
    among: options.some((option) => isSame(option, committed)),
    hunks: hunkCount(file, committed, resolved, options),
    lost: missing.length,
    untold: missing.filter((line) => !told.has(line)).length,
    ms,
  };
}

/** Whether the answer counts as what people committed. */
export function isExact(match: Match): boolean {
  return match === 'byte' || match === 'space';
}

function matchOf(resolved: string | null, committed: string): Match {
  if (resolved === null) return 'unanswered';
  if (resolved === committed) return 'byte';
  if (isSame(resolved, committed)) return 'space';
  return sortedKey(resolved) === sortedKey(committed) ? 'order' : 'other';
}

/** White space and blank lines ignored. */
export function isSame(text: string, other: string): boolean {
  return text === other || bareKey(linesOf(text)) === bareKey(linesOf(other));
}

function sortedKey(text: string): string {
  return bareLines(linesOf(text)).toSorted().join('\n');
}

function lostLines({ base, ours, theirs }: ConflictFile, committed: string, resolved: string): readonly string[] {
  const [before, left, right, kept, there] = [base ?? '', ours, theirs, committed, resolved].map((text) => new Set(bareLines(linesOf(text)).filter((line) => speaks(line))));
  if (before === undefined || left === undefined || right === undefined || kept === undefined || there === undefined) return [];
  return [...kept].filter((line) => !before.has(line) && left.has(line) !== right.has(line) && !there.has(line));
}

function hunkCount(file: ConflictFile, committed: string, resolved: string | null, options: readonly string[]): HunkCount {
  const regions = mergeLines(file.base ?? '', file.ours, file.theirs, 'eager');
  const wanted = align(regions, linesOf(committed)).map((lines) => lines === null ? null : bareKey(lines));
  const hits = (text: string): readonly boolean[] => align(regions, linesOf(text)).map((lines, at) => lines !== null && bareKey(lines) === wanted[at]);
  const right = resolved === null ? [] : hits(resolved);
  const offered = options.map(hits);
  return {
    all: wanted.length,
    placed: wanted.filter((key) => key !== null).length,
    right: wanted.filter((key, at) => key !== null && right[at] === true).length,
    among: wanted.filter((key, at) => key !== null && offered.some((option) => option[at] === true)).length,
  };
}
