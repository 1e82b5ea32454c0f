// What live branches have that their target has not, and where they left it: one git process for all of them, and merge bases mostly without any.
import type { Oid, RefName } from '../../merge/branch.ts';
import type { DatedCommit, Reader } from './read.ts';
import type { GitRunner } from './run.ts';
import { parentsIn, sharedHistory, type Parents, type SharedHistory } from './shared-history.ts';

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

export async function ownHistories(git: GitRunner, reader: Reader, target: Oid, tips: readonly Oid[]): Promise<OwnHistories> {
  const shared = tips.length === 0 ? null : await sharedHistory(git, [target, ...tips]);
  const mergeBases = basesBy(shared, reader);
  const found = new Map<Oid, OwnHistory | null>();
  const parents = tips.length === 0 ? new Map<Oid, readonly Oid[]>() : shared?.beyond(target) ?? await listed(git, target, tips);
  for (const tip of tips) {
    if (!parents.has(tip) || found.has(tip)) continue;
    const walked = walk(parents, tip);
    if (walked === null) found.set(tip, null);
    // Where several ways lead out, one may be behind another.
    else found.set(tip, { own: walked.own, bases: walked.exits.length === 1 ? walked.exits : await mergeBases(target, tip) });
  }
  return { of: found, mergeBases };
}

/** Branches left their target in fewer places than there are pairs of them. */
function basesBy(shared: SharedHistory | null, reader: Reader): OwnHistories['mergeBases'] {
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

async function listed(git: GitRunner, target: Oid, tips: readonly Oid[]): Promise<Parents> {
  const input = [...tips, `^${target}`].map((line) => `${line}\n`).join('');
  return parentsIn(await git.must(['rev-list', '--parents', '--stdin'], { input, timeoutMs: TIMEOUT_MS }));
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

function sharesCommit(one: ReadonlySet<Oid>, other: ReadonlySet<Oid>): boolean {
  const [few, many] = one.size <= other.size ? [one, other] : [other, one];
  for (const oid of few) if (many.has(oid)) return true;
  return false;
}

function walk(parents: Parents, tip: Oid): { readonly own: ReadonlySet<Oid>; readonly exits: readonly Oid[] } | null {
  const own = new Set<Oid>([tip]);
  const exits = new Set<Oid>();
  for (const oid of own) {
    if (own.size > OWN_MAX) return null;
    for (const parent of parents.get(oid) ?? []) (parents.has(parent) ? own : exits).add(parent);
  }
  return { own, exits: [...exits] };
}
