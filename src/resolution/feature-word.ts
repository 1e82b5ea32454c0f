// What of each side's change a way to fill a region keeps, finer than a line; and which names it would define twice.
import { speaks } from './line.ts';

export type Bag = ReadonlyMap<string, number>;
type Counts = readonly (readonly [token: string, count: number])[];
/** What a side has more often than the base, and less often. */
export type WordChange = { readonly added: Counts; readonly deleted: Counts };

export function wordChange(base: Bag, side: Bag): WordChange {
  return { added: surplus(side, base), deleted: surplus(base, side) };
}

function surplus(more: Bag, less: Bag): Counts {
  return [...more].flatMap(([token, count]) => count > (less.get(token) ?? 0) ? [[token, count - (less.get(token) ?? 0)]] : []);
}

/** How much of the change is in a text that came of the base, 0..1: what it added, then what it deleted; -1 where it did not. */
export function keptOf({ added, deleted }: WordChange, base: Bag, bag: Bag): readonly [number, number] {
  const by = (token: string): number => (bag.get(token) ?? 0) - (base.get(token) ?? 0);
  return [shareOf(added, by), shareOf(deleted, (token) => -by(token))];
}

function shareOf(counts: Counts, done: (token: string) => number): number {
  let [some, all] = [0, 0];
  for (const [token, count] of counts) {
    some += Math.max(0, Math.min(count, done(token)));
    all += count;
  }
  return all === 0 ? -1 : some / all;
}

const ASSIGNED = /^[-*]?(["']?[\w$@./-]+["']?)(?:=(?![=>])|:(?!:))/;
const DEFINED = /^(?:export|default|public|private|protected|static|abstract|final|override|pub)*(?:function|def|class|func|fn|interface|struct|enum|trait|type)([\w$]+)/;

/** What a bare line gives a value or a meaning to, or null. */
export function definedBy(line: string): string | null {
  if (!speaks(line)) return null;
  return (ASSIGNED.exec(line) ?? DEFINED.exec(line))?.[1] ?? null;
}

export function definedIn(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => definedBy(line) ?? []);
}
