// Parts that no key tells apart: matched by their place, an edit of one side would go to the wrong part of the other.
import { unnumbered } from './block.ts';
import type { Block } from './block.ts';
import { squeezed } from './merge-text.ts';
import { newcomers } from './newcomer.ts';

/** The parts of one container. */
export type Sides = { readonly base: readonly Block[]; readonly ours: readonly Block[]; readonly theirs: readonly Block[] };

/** The keys whose parts are not merged: repeated ones, where one side has more or fewer and the other changed something; and items of a sequence that both sides put in one item's place. */
export function contestedKeys(sides: Sides, kind: Block['kind']): ReadonlySet<string> {
  return new Set([...repeatedKeys(sides), ...kind === '[' ? replacingKeys(sides) : []]);
}

function repeatedKeys({ base, ours, theirs }: Sides): readonly string[] {
  const [b, o, t] = [byName(base), byName(ours), byName(theirs)];
  const none: readonly Block[] = [];
  return [...new Set([...o.keys(), ...t.keys()])].flatMap((name) => {
    const [was, mine, yours] = [b.get(name) ?? none, o.get(name) ?? none, t.get(name) ?? none];
    if (Math.max(was.length, mine.length, yours.length) < 2 || was.length === mine.length && was.length === yours.length) return [];
    return isSame(was, mine) || isSame(was, yours) || isSame(mine, yours) ? [] : [...mine, ...yours].map((part) => part.key);
  });
}

function replacingKeys({ base, ours, theirs }: Sides): readonly string[] {
  const [inOurs, inTheirs] = [new Set(ours.map((part) => part.key)), new Set(theirs.map((part) => part.key))];
  const [mine, yours] = [ownKeys(newcomers(base, ours), inTheirs), ownKeys(newcomers(base, theirs), inOurs)];
  const replacing = new Set<readonly string[]>();
  for (const [at, { key }] of base.entries()) {
    const [one, two] = [mine[at] ?? [], yours[at] ?? []];
    if (!inOurs.has(key) && !inTheirs.has(key) && one.length > 0 && two.length > 0) replacing.add(one).add(two);
  }
  return [...replacing].flat();
}

/** The keys of each run without those that the other side has, too; the same runs, the same lists. */
function ownKeys(runs: readonly (readonly Block[])[], inOther: ReadonlySet<string>): readonly (readonly string[])[] {
  const own = new Map([...new Set(runs)].map((run) => [run, run.map((part) => part.key).filter((key) => !inOther.has(key))]));
  return runs.map((run) => own.get(run) ?? []);
}

function byName(parts: readonly Block[]): ReadonlyMap<string, readonly Block[]> {
  return Map.groupBy(parts, (part) => unnumbered(part.key));
}

function isSame(a: readonly Block[], b: readonly Block[]): boolean {
  return a.length === b.length && a.every((part, at) => squeezed(part.text) === squeezed(b[at]?.text ?? ''));
}
