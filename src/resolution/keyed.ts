// Lines that each name a key, as in manifests and lists of imports: merged key by key, in the order of a weave.
import { hasLineComment, withComma } from './comma.ts';
import type { HunkLines } from './hunk.ts';
import { bare, joined } from './line.ts';
import type { Rule } from './rule.ts';
import { mergeTokens } from './token.ts';
import { compareVersionsIn } from './version.ts';

const KEYED_MAX = 300;
const TOKENS_MAX = 6000;
/** From the first version on. It begins with its number's first digit: tried at each one, a long number would be read once a digit. */
const VERSION_ON = /v?(?<!\d)\d+\.\d+.*$/;

/** Nothing where a line names no key, or two name the same. */
export function mergedByKey(hunk: HunkLines): readonly (readonly [Rule, readonly string[]])[] {
  const [ours, base, theirs] = [byKey(hunk.ours), byKey(hunk.base), byKey(hunk.theirs)];
  if (ours === null || base === null || theirs === null || ours.size + theirs.size < 2) return [];
  const merge = (conflict: (left: string, right: string) => string, first: 'ours' | 'theirs'): readonly string[] => {
    const [lead, other] = first === 'ours' ? [ours, theirs] : [theirs, ours];
    const order = keyOrder([...lead.keys()], [...other.keys()]);
    const out = order.flatMap((key) => mergeValue(ours.get(key), base.get(key), theirs.get(key), conflict) ?? []);
    return mendCommas(joined([out]), hunk);
  };
  const higher = (left: string, right: string): string => compareVersionsIn(left, right) >= 0 ? left : right;
  return [
    ['keyed', merge(higher, 'ours')], ['keyed-reversed', merge(higher, 'theirs')],
    ['keyed-ours', merge((left) => left, 'ours')], ['keyed-theirs', merge((_left, right) => right, 'theirs')],
  ];
}

function mergeValue(ours: string | undefined, base: string | undefined, theirs: string | undefined, conflict: (left: string, right: string) => string): string | undefined {
  const same = (a: string | undefined, b: string | undefined): boolean => a === b || (a !== undefined && b !== undefined && bare(a).replace(/,$/, '') === bare(b).replace(/,$/, ''));
  if (same(ours, theirs)) return ours;
  if (same(ours, base)) return theirs;
  if (same(theirs, base)) return ours;
  if (ours === undefined || theirs === undefined) return ours ?? theirs;
  const both = mergeTokens(base ?? '', ours, theirs, [() => null], TOKENS_MAX)[0] ?? null;
  return base === undefined || both === null ? conflict(ours, theirs) : both;
}

function byKey(lines: readonly string[]): ReadonlyMap<string, string> | null {
  const keyed = new Map<string, string>();
  if (lines.length > KEYED_MAX) return null;
  for (const line of lines) {
    const key = keyOf(line);
    if (key === null && bare(line) === '') continue;
    if (key === null || keyed.has(key)) return null;
    keyed.set(key, line);
  }
  return keyed;
}

/** What a line is about: the name before `:` or `=`, the module of an import, the first word. */
function keyOf(line: string): string | null {
  const imported = /(?:from|require\(|import)\s*\(?["']([^"']+)["']/.exec(line);
  if (imported !== null) return `from ${imported[1] ?? ''}`;
  const named = /^\s*(?:[-*]\s+)?["']?([\w@$./-]+)["']?\s*(?:[:=]|==|>=|~=)/.exec(line);
  if (named !== null) return named[1] ?? null;
  const word = /^\s*["']?([\w@$./-]+)["']?(?:\s|,|$)/.exec(line);
  return word === null ? null : bare(line).replace(/,$/, '').replace(VERSION_ON, '');
}

/** The order of `lead`, with what only `other` has put behind what stands before it there. */
function keyOrder(lead: readonly string[], other: readonly string[]): readonly string[] {
  const out = [...lead];
  const known = new Set(lead);
  let at = 0;
  for (const key of other) {
    if (known.has(key)) at = out.indexOf(key) + 1;
    else {
      out.splice(at, 0, key);
      known.add(key);
      at += 1;
    }
  }
  return out;
}

/** Where the sides' lines end with commas but for the last one, so do these. */
function mendCommas(lines: readonly string[], { ours, theirs }: HunkLines): readonly string[] {
  const inner = [...ours.slice(0, -1), ...theirs.slice(0, -1)];
  if (inner.length === 0 || !inner.every(endsInComma)) return lines;
  const endsBare = [ours.at(-1), theirs.at(-1)].some((line) => line !== undefined && !endsInComma(line));
  const last = lines.length - 1;
  return lines.map((line, at) => {
    if (at === last) return endsBare ? line.replace(/,(\s*)$/, '$1') : line;
    return endsInComma(line) || hasLineComment(line) ? line : withComma(line);
  });
}

function endsInComma(line: string): boolean {
  return line.trimEnd().endsWith(',');
}
