// A part that one side renamed is still the part of the base: found by what it says, so that both sides' edits meet.
import { bare, linesOf, speaks } from '../line.ts';
import type { Block } from './block.ts';

const PAIRS_MAX = 400;
const LIKENESS_MIN = 0.6;

/** The side's parts, those that were renamed under the key of the base. */
export function withBaseKeys(base: readonly Block[], side: readonly Block[], other: readonly Block[]): readonly Block[] {
  const [inSide, inBase, inOther] = [keysOf(side), keysOf(base), keysOf(other)];
  const gone = base.filter((part) => !inSide.has(part.key));
  const come = side.filter((part) => !inBase.has(part.key) && !inOther.has(part.key));
  if (gone.length === 0 || come.length === 0 || gone.length * come.length > PAIRS_MAX) return side;
  const bags = new Map([...gone, ...come].map((part) => [part, bagOf(part.text)]));
  const pairs = gone.flatMap((from) => come.map((to) => ({ from, to, likeness: likeness(bags.get(from) ?? [], bags.get(to) ?? []) })))
    .filter((pair) => pair.likeness >= LIKENESS_MIN)
    .toSorted((a, b) => b.likeness - a.likeness);
  const renamed = new Map<Block, string>();
  const used = new Set<Block>();
  for (const { from, to } of pairs) {
    if (used.has(from) || renamed.has(to)) continue;
    used.add(from);
    renamed.set(to, from.key);
  }
  return renamed.size === 0 ? side : side.map((part) => {
    const key = renamed.get(part);
    return key === undefined ? part : { ...part, key };
  });
}

function keysOf(parts: readonly Block[]): ReadonlySet<string> {
  return new Set(parts.map((part) => part.key));
}

/** Lines of what has many, words of what has few. */
function bagOf(text: string): readonly string[] {
  const lines = linesOf(text).map(bare).filter(speaks);
  return lines.length > 3 ? lines : text.match(/[\p{L}\p{N}_]+/gu) ?? [];
}

/** Dice coefficient of the two as sets. */
function likeness(a: readonly string[], b: readonly string[]): number {
  const [left, right] = [new Set(a), new Set(b)];
  const common = [...left].filter((one) => right.has(one)).length;
  return left.size + right.size === 0 ? 0 : (2 * common) / (left.size + right.size);
}
