// What Maestro's own merge in memory makes of the merges of a chain. Never instead of git's: it confirms, or it has nothing to say. Starts no process.
import type { Landing } from '../../merge/effect.ts';
import { foresee, type Foreseen, type Foresight } from '../../engine/merge/foresee.ts';
import { withOdd, type MergeOutcome } from '../../engine/merge/outcome.ts';
import { isObjectId } from '../../engine/object/id.ts';
import { isSame } from '../../engine/object/node.ts';
import type { AttributeSource } from './attributes.ts';
import { chainBases, type ChainBases } from './chain-base.ts';
import type { Library } from './library.ts';
import { basesFor, historyIn, rootOf, type Bases, type Root } from './merge-history.ts';
import type { Reader } from './read.ts';

export type EngineOpinion =
  | { readonly kind: 'clean'; readonly tree: string }
  | { readonly kind: 'conflict' }
  /** Not modelled, not read, or not git's plain rules. */
  | { readonly kind: 'none'; readonly why: string };

/** A merge as it was made: `commit` is what the next of its chain stands on. */
export type Made = Pick<Landing, 'onto' | 'tip' | 'tree' | 'commit'>;

/** One opinion a merge, in their order. */
export type Engine = { merge(merges: readonly Made[]): Promise<readonly EngineOpinion[]> };

type Tools = { readonly attributes: AttributeSource; readonly reader: Reader; readonly library: Library };

/** Merges made from one look at what they need: that counts as one answer, and everything else waits for it. */
const RUN_MAX = 32;

export function openEngine(tools: Tools): Engine {
  return {
    merge: async (merges) => {
      const opinions: EngineOpinion[] = [];
      for (const chain of chainsOf(merges)) {
        const basesOf = chainBases(tools.reader, chain[0].onto);
        for (let at = 0; at < chain.length; at += RUN_MAX) opinions.push(...await opinionsOn(tools, chain.slice(at, at + RUN_MAX), basesOf));
      }
      return opinions;
    },
  };
}

/** Merges that stand each on the one before. */
function chainsOf(merges: readonly Made[]): readonly (readonly [Made, ...Made[]])[] {
  const chains: [Made, ...Made[]][] = [];
  for (const merge of merges) {
    const chain = chains.at(-1);
    if (chain?.at(-1)?.commit === merge.onto) chain.push(merge);
    else chains.push([merge]);
  }
  return chains;
}

async function opinionsOn(tools: Tools, run: readonly Made[], basesOf: ChainBases): Promise<readonly EngineOpinion[]> {
  const asked: (Asked | None)[] = [];
  for (const merge of run) asked.push(await orNone(() => askedOf(tools, merge, basesOf)));
  const known = asked.filter((one) => one.kind === 'asked');
  const opinions = await tell(tools.library, known);
  return asked.map((one) => one.kind === 'none' ? one : opinions[known.indexOf(one)] ?? none('not told'));
}

type None = Extract<EngineOpinion, { kind: 'none' }>;
type Asked = { readonly kind: 'asked'; readonly onto: Root; readonly tip: Root; readonly bases: Bases; readonly odd: readonly string[] };

async function tell(library: Library, merges: readonly Asked[]): Promise<readonly EngineOpinion[]> {
  const told = await orNone(() => together(library, merges));
  if (told.kind === 'foreseen') return told.outcomes.map(opinionOf);
  if (merges.length === 1) return [told];
  // What is too much for one answer may be little for each.
  return (await Promise.all(merges.map((merge) => tell(library, [merge])))).flat();
}

async function together(library: Library, merges: readonly Asked[]): Promise<Extract<Foresight, { kind: 'foreseen' }> | None> {
  const [first] = merges;
  if (first === undefined) return { kind: 'foreseen', outcomes: [] };
  const history = historyIn(new Map(merges.flatMap(({ bases }) => [...bases])));
  const after = (onto: Root, at: number, outcome: MergeOutcome): Root => nextOnto(merges[at + 1]?.onto ?? onto, onto, outcome);
  // One that brings rules of its own brings them for all of them: they only keep the engine from saying something.
  const odd = merges.flatMap((merge) => merge.odd);
  const told = await library.answer((shelf) => foresee({ start: first.onto, tips: merges.map(({ tip }) => tip), history, after }, withOdd(shelf, odd)));
  return told.kind === 'foreseen' ? told : none(told.why);
}

/** Where the merge before came to its very tree, that is in memory already. */
function nextOnto(next: Root, before: Root, outcome: MergeOutcome): Root {
  switch (outcome.kind) {
    case 'clean': return isSame(outcome.tree, next.tree) ? { oid: next.oid, tree: outcome.tree } : next;
    case 'missing': return { oid: next.oid, tree: before.tree };
    case 'conflict': case 'declined': return next;
  }
}

function opinionOf(outcome: Foreseen): EngineOpinion {
  switch (outcome.kind) {
    case 'clean': return { kind: 'clean', tree: outcome.tree.id };
    case 'conflict': return { kind: 'conflict' };
    case 'declined': return none(outcome.why.kind === 'bases' ? `${outcome.why.count} merge bases` : outcome.why.kind);
  }
}

async function askedOf({ attributes, reader }: Tools, { onto, tip }: Made, basesOf: ChainBases): Promise<Asked | None> {
  const rules = await attributes.of(onto);
  if (rules.kind === 'unusable') return none('attributes');
  if (!isObjectId(onto)) return none('the repository is not SHA-1');
  const [ours, theirs] = [await rootOf(reader, onto), await rootOf(reader, tip)];
  const bases = await basesFor(reader, onto, tip, (one, other) => one === onto ? basesOf(one, other) : reader.mergeBases(one, other));
  return ours === null || theirs === null || bases === null ? none('a commit is not there') : { kind: 'asked', onto: ours, tip: theirs, bases, odd: rules.odd };
}

/** Whatever is wrong with it, a second git is still there to ask. */
async function orNone<T>(work: () => Promise<T>): Promise<T | None> {
  try {
    return await work();
  } catch (error) {
    return none(error instanceof Error ? error.message : String(error));
  }
}

function none(why: string): None {
  return { kind: 'none', why };
}
