// What live branches have that their target has not, and where they left it: from one history for all of them, and merge bases mostly without git.
import { PartialGraph, type Beyond } from '../../engine/history/partial-graph.ts';
import type { Oid, RefName } from '../../merge/branch.ts';
import type { DatedCommit, Reader } from './read.ts';
import type { GitRunner } from './run.ts';
import { tellAll, type History } from './shared-history.ts';

/** Commits of one branch beyond its target; one with more is no branch of a piece of work. */
const OWN_MAX = 5_000;
const TIMEOUT_MS = 60_000;

/** `bases`: all merge bases with the target. */
export type OwnHistory = { readonly own: ReadonlySet<Oid>; readonly bases: readonly Oid[] };

/** A live branch: `history` null where it has too much of its own. */
export type Live = { readonly ref: RefName; readonly commit: DatedCommit; readonly history: OwnHistory | null };

export type OwnHistories = {
  /** Not of a tip the target already holds; `null`: too much of its own. */
  readonly of: ReadonlyMap<Oid, OwnHistory | null>;
  /** The merge bases of any two of the commits that were walked over. */
  mergeBases(one: Oid, other: Oid): Promise<readonly Oid[]>;
};

export async function ownHistories(tools: { readonly git: GitRunner; readonly reader: Reader; readonly history: History }, target: Oid, tips: readonly Oid[]): Promise<OwnHistories> {
  const found = new Map<Oid, OwnHistory | null>();
  if (tips.length === 0) return { of: found, mergeBases: (one, other) => tools.reader.mergeBases(one, other) };
  const shared = await tools.history.of([target, ...tips]);
  const mergeBases = basesBy(shared, tools.reader);
  const beyond = (shared ?? await listed(tools.git, target, tips)).beyond(target, OWN_MAX);
  for (const tip of tips) {
    if (found.has(tip)) continue;
    const mine = beyond(tip);
    if (mine === null) found.set(tip, null);
    else if (mine.own.size > 0) found.set(tip, await historyOf(mine, target, tip, mergeBases));
  }
  return { of: found, mergeBases };
}

/** Where several ways lead out, one may be behind another. */
async function historyOf({ own, exits }: Beyond<Oid>, target: Oid, tip: Oid, mergeBases: OwnHistories['mergeBases']): Promise<OwnHistory> {
  return { own, bases: exits.length === 1 ? exits : await mergeBases(target, tip) };
}

/** Branches left their target in fewer places than there are pairs of them. */
function basesBy(shared: PartialGraph<Oid> | null, reader: Reader): OwnHistories['mergeBases'] {
  const known = new Map<string, Promise<readonly Oid[]>>();
  return (one, other) => {
    const key = one < other ? `${one} ${other}` : `${other} ${one}`;
    let bases = known.get(key);
    if (bases === undefined) {
      bases = Promise.resolve(shared?.mergeBases(one, other) ?? reader.mergeBases(one, other));
      known.set(key, bases);
    }
    return bases;
  };
}

/** Only what the tips have and the target has not. */
async function listed(git: GitRunner, target: Oid, tips: readonly Oid[]): Promise<PartialGraph<Oid>> {
  const graph = new PartialGraph<Oid>();
  const input = [...tips, `^${target}`].map((line) => `${line}\n`).join('');
  tellAll(graph, await git.must(['rev-list', '--parents', '--stdin'], { input, timeoutMs: TIMEOUT_MS }));
  return graph;
}

/**
 * The merge bases of two tips. Where they share no commit of their own, all they share is in the target's history, below where each left it.
 */
export function pairBases({ mergeBases }: Pick<OwnHistories, 'mergeBases'>, one: OwnHistory & { readonly tip: Oid }, other: OwnHistory & { readonly tip: Oid }): readonly Oid[] | Promise<readonly Oid[]> {
  const [left, right] = [one.bases, other.bases];
  if (left.length !== 1 || right.length !== 1 || sharesCommit(one.own, other.own)) return mergeBases(one.tip, other.tip);
  const [a, b] = [left[0], right[0]];
  if (a === undefined || b === undefined || a === b) return left;
  return mergeBases(a, b);
}

export function sharesCommit(one: ReadonlySet<Oid>, other: ReadonlySet<Oid>): boolean {
  const [few, many] = one.size <= other.size ? [one, other] : [other, one];
  for (const oid of few) if (many.has(oid)) return true;
  return false;
}
