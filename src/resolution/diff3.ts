// A three-way merge finer than git's: by line, then by token where both sides changed the same lines. A proposal, never a verdict.
import diff3 from 'diff3';
import { linesOf } from './line.ts';
import { hasMarker } from './marker.ts';
import { spacedTokensOf } from './token.ts';

/** The package takes seconds on what is larger. */
export const DIFF3_LINES_MAX = 2000;
const HUNK_TOKENS_MAX = 4000;

/** The merged text, or null when both sides changed the same or neighbouring tokens. Every byte comes from one of the three. */
export function resolveByDiff3(base: string, ours: string, theirs: string): string | null {
  const sides = [base, ours, theirs].map((text) => linesOf(text));
  if (sides.some((lines) => lines.length > DIFF3_LINES_MAX)) return null;
  const merged = mergeTexts(sides[0] ?? [], sides[1] ?? [], sides[2] ?? []);
  // Which side is called ours must not matter; where the package thinks it does, the case is not plain.
  if (merged === null || merged !== mergeTexts(sides[0] ?? [], sides[2] ?? [], sides[1] ?? [])) return null;
  return hasMarker(merged) ? null : merged;
}

function mergeTexts(base: readonly string[], ours: readonly string[], theirs: readonly string[]): string | null {
  const merged: string[] = [];
  for (const block of diff3(ours, base, theirs)) {
    const text = 'ok' in block ? block.ok.join('') : mergeTokens(block.conflict.o.join(''), block.conflict.a.join(''), block.conflict.b.join(''));
    if (text === null) return null;
    merged.push(text);
  }
  return merged.join('');
}

function mergeTokens(base: string, ours: string, theirs: string): string | null {
  // A side that emptied the region, or filled an empty one, leaves nothing to hold on to.
  if (base.trim() === '' || ours.trim() === '' || theirs.trim() === '') return null;
  const [o, a, b] = [spacedTokensOf(base), spacedTokensOf(ours), spacedTokensOf(theirs)];
  if (Math.max(o.length, a.length, b.length) > HUNK_TOKENS_MAX) return null;
  const merged: string[] = [];
  for (const block of diff3(a, o, b)) {
    if (!('ok' in block)) return null;
    merged.push(...block.ok);
  }
  return merged.join('');
}
