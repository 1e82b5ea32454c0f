// How the commits of many branches hang together, as far back as it matters between any two of them: one walk of git's for all, then no git at all.
import { Ancestry } from '../../engine/history/ancestry.ts';
import type { Oid } from '../../merge/branch.ts';
import { parseOid } from '../../merge/branch.ts';
import type { GitRunner } from './run.ts';

export type Parents = ReadonlyMap<Oid, readonly Oid[]>;

export type SharedHistory = {
  /** Commits that `target` does not hold, with all their parents. */
  beyond(target: Oid): Parents;
  /** null: not to be told from here, git has to be asked. */
  mergeBases(one: Oid, other: Oid): readonly Oid[] | null;
};

/** Most branches left their target not long ago: so many commits first, then many times as many. */
const COMMITS_AT_FIRST = 4096;
const GROWTH = 16;
const COMMITS_MAX = COMMITS_AT_FIRST * GROWTH ** 2;
const TIMEOUT_MS = 60_000;
const WORD_BITS = 32;

/** null: there is more history than is good to hold. */
export async function sharedHistory(git: GitRunner, tips: readonly Oid[]): Promise<SharedHistory | null> {
  const distinct = [...new Set(tips)];
  const input = distinct.map((tip) => `${tip}\n`).join('');
  for (let max = COMMITS_AT_FIRST; max <= COMMITS_MAX; max *= GROWTH) {
    const graph = graphOf(parentsIn(await git.must(['rev-list', '--parents', `--max-count=${max}`, '--stdin'], { input, timeoutMs: TIMEOUT_MS })));
    const isWhole = graph.ids.length < max;
    if (isWhole || isEnough(graph, distinct)) return historyOf(graph, isWhole);
  }
  return null;
}

export function parentsIn(listed: string): Parents {
  const parents = new Map<Oid, readonly Oid[]>();
  for (const line of listed.split('\n')) {
    const [first = '', ...rest] = line.split(' ');
    const oid = parseOid(first);
    if (oid !== null) parents.set(oid, rest.flatMap((id) => parseOid(id) ?? []));
  }
  return parents;
}

/** `ids`: parents before children. Parents that were not listed are in none of the numbers. */
type Graph = { readonly parents: Parents; readonly ids: readonly Oid[]; readonly numbers: ReadonlyMap<Oid, number> };

/** git lists by clocks; where one ran wrong a commit waits here for its parents. */
function graphOf(parents: Parents): Graph {
  const ids: Oid[] = [];
  const numbers = new Map<Oid, number>();
  for (const start of [...parents.keys()].toReversed()) {
    const waiting = [start];
    for (let top = waiting.at(-1); top !== undefined; top = waiting.at(-1)) {
      const open = numbers.has(top) ? undefined : parents.get(top)?.find((parent) => parents.has(parent) && !numbers.has(parent));
      if (open !== undefined) {
        waiting.push(open);
        continue;
      }
      waiting.pop();
      if (!numbers.has(top)) numbers.set(top, ids.push(top) - 1);
    }
  }
  return { parents, ids, numbers };
}

/** Whether all that was not listed lies behind a commit that every tip has: no merge base of any two is there. */
function isEnough({ parents, ids, numbers }: Graph, tips: readonly Oid[]): boolean {
  const words = Math.ceil(tips.length / WORD_BITS);
  const held = new Uint32Array(ids.length * words);
  for (const [bit, tip] of tips.entries()) {
    const number = numbers.get(tip);
    if (number === undefined) return false;
    const at = number * words + Math.floor(bit / WORD_BITS);
    held[at] = (held[at] ?? 0) | 2 ** (bit % WORD_BITS);
  }
  const all = Uint32Array.from({ length: words }, (_, word) => word < words - 1 || tips.length % WORD_BITS === 0 ? 0xffff_ffff : 2 ** (tips.length % WORD_BITS) - 1);
  const isBehind = new Uint8Array(ids.length);
  const unlisted = new Map<Oid, boolean>();
  for (let number = ids.length - 1; number >= 0; number -= 1) {
    const behind = isBehind[number] === 1 || all.every((bits, word) => held[number * words + word] === bits);
    const id = ids[number];
    for (const name of id === undefined ? [] : parents.get(id) ?? []) {
      const parent = numbers.get(name);
      if (parent === undefined) unlisted.set(name, behind || unlisted.get(name) === true);
      else if (behind) isBehind[parent] = 1;
      else for (let word = 0; word < words; word += 1) held[parent * words + word] = (held[parent * words + word] ?? 0) | (held[number * words + word] ?? 0);
    }
  }
  return [...unlisted.values()].every((behind) => behind);
}

function historyOf({ parents, ids, numbers }: Graph, isWhole: boolean): SharedHistory {
  const ancestry = new Ancestry();
  for (const id of ids) ancestry.add((parents.get(id) ?? []).flatMap((parent) => numbers.get(parent) ?? []));
  return {
    beyond: (target) => {
      const held = new Set([target]);
      for (const id of held) for (const parent of parents.get(id) ?? []) if (parents.has(parent)) held.add(parent);
      return new Map([...parents].filter(([id]) => !held.has(id)));
    },
    mergeBases: (one, other) => {
      const [a, b] = [numbers.get(one), numbers.get(other)];
      if (a === undefined || b === undefined) return null;
      // Where one holds the other, as on a target's own line, nothing further back has to be looked at.
      if (ancestry.isAncestor(Math.min(a, b), Math.max(a, b))) return [a < b ? one : other];
      const bases = ancestry.mergeBases(a, b).flatMap((number) => ids[number] ?? []);
      // A clock that ran backwards can hide that one base holds another behind what was not listed.
      return isWhole || bases.length === 1 ? bases : null;
    },
  };
}
