// Three-way merge of one piece of text: by line, then by token, then by the stance taken towards what both sides changed.
import diff3 from 'diff3';
import { bare, linesOf } from '../line.ts';
import { compareVersionsIn, withoutVersions } from '../version.ts';

/** What to do where both sides changed the same: each stance makes a candidate of its own. */
export type Stance = { readonly first: 'ours' | 'theirs'; readonly clash: 'give-up' | 'higher' | 'ours' | 'theirs' | 'both' };

const LINES_MAX = 2000;
const TOKENS_MAX = 2000;

/** Null where the stance gives up. */
export function mergeText(base: string, ours: string, theirs: string, stance: Stance): string | null {
  const plain = untouched(base, ours, theirs);
  if (plain !== null) return plain;
  const [b, o, t] = [linesOf(base), linesOf(ours), linesOf(theirs)];
  if (b.length + o.length + t.length > LINES_MAX) return null;
  return filled(b, o, t, (base, ours, theirs) => oneSided(base, ours, theirs) ?? mergeTokens(base, ours, theirs) ?? settle(base, ours, theirs, stance));
}

/** The side that changed something, where only one did, or both did the same. */
export function untouched(base: string, ours: string, theirs: string): string | null {
  if (ours === theirs || theirs === base) return ours;
  return ours === base ? theirs : null;
}

/** The same where white space does not count. */
export function oneSided(base: string, ours: string, theirs: string): string | null {
  const plain = untouched(base, ours, theirs);
  if (plain !== null) return plain;
  const [b, o, t] = [bare(base), bare(ours), bare(theirs)];
  return o === b ? theirs : o === t || t === b ? ours : null;
}

function filled(base: readonly string[], ours: readonly string[], theirs: readonly string[], fill: (base: string, ours: string, theirs: string) => string | null): string | null {
  const out: string[] = [];
  for (const block of diff3(ours, base, theirs)) {
    const text = 'ok' in block ? block.ok.join('') : fill(block.conflict.o.join(''), block.conflict.a.join(''), block.conflict.b.join(''));
    if (text === null) return null;
    out.push(text);
  }
  return out.join('');
}

/** Words, numbers and single signs with the space behind them: edits that touch are left to the stance. */
function mergeTokens(base: string, ours: string, theirs: string): string | null {
  if (base.trim() === '' || ours.trim() === '' || theirs.trim() === '') return null;
  const [b, o, t] = [tokensOf(base), tokensOf(ours), tokensOf(theirs)];
  if (b.length + o.length + t.length > TOKENS_MAX) return null;
  return filled(b, o, t, oneSided);
}

function tokensOf(text: string): readonly string[] {
  return text.match(/(?:[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_])\s*|\s+/gu) ?? [];
}

function settle(base: string, ours: string, theirs: string, { first, clash }: Stance): string | null {
  switch (clash) {
    case 'give-up': return null;
    case 'higher': return higherVersion(ours, theirs);
    case 'ours': return ours;
    case 'theirs': return theirs;
    case 'both': return first === 'ours' ? both(base, ours, theirs) : both(base, theirs, ours);
  }
}

function higherVersion(ours: string, theirs: string): string | null {
  if (withoutVersions(ours) !== withoutVersions(theirs)) return null;
  return compareVersionsIn(ours, theirs) >= 0 ? ours : theirs;
}

/** Both sides' lines, those both have once, and those of the base that one side deleted left out. */
function both(base: string, first: string, second: string): string {
  const inBase = new Set(linesOf(base).map(bare));
  const [one, two] = [linesOf(first), linesOf(second)];
  const [inOne, inTwo] = [new Set(one.map(bare)), new Set(two.map(bare))];
  const kept = one.filter((line) => !inBase.has(bare(line)) || inTwo.has(bare(line)));
  const text = kept.join('');
  const more = two.filter((line) => bare(line) === '' || !inBase.has(bare(line)) && !inOne.has(bare(line))).join('');
  return text === '' || more === '' || text.endsWith('\n') ? text + more : `${text}\n${more}`;
}
