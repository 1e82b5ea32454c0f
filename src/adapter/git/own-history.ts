// What live branches have that their target has not, and where they left it: one git process for all of them, and merge bases without any.
import type { Oid, RefName } from '../../merge/branch.ts';
import { parseOid } from '../../merge/branch.ts';
import type { DatedCommit, Reader } from './read.ts';
import type { GitRunner } from './run.ts';

/** Commits of one branch beyond its target; one with more is no branch of a piece of work. */
const OWN_MAX = 5_000;
const TIMEOUT_MS = 60_000;

/** `bases`: all merge bases with the target. */
export type OwnHistory = { readonly own: ReadonlySet<Oid>; readonly bases: readonly Oid[] };

/** A live branch: `history` null where it has too much of its own. */
export type Live = { readonly ref: RefName; readonly commit: DatedCommit; readonly history: OwnHistory | null };

/** A tip the target already holds is not in the answer; `null`: too much of its own. */
export async function ownHistories(git: GitRunner, reader: Reader, target: Oid, tips: readonly Oid[]): Promise<ReadonlyMap<Oid, OwnHistory | null>> {
  if (tips.length === 0) return new Map();
  const input = [...tips, `^${target}`].map((line) => `${line}\n`).join('');
  const parents = parentsIn(await git.must(['rev-list', '--parents', '--stdin'], { input, timeoutMs: TIMEOUT_MS }));
  const found = new Map<Oid, OwnHistory | null>();
  for (const tip of tips) {
    if (!parents.has(tip) || found.has(tip)) continue;
    const walked = walk(parents, tip);
    if (walked === null) found.set(tip, null);
    // Where several ways lead out, one may be behind another.
    else found.set(tip, { own: walked.own, bases: walked.exits.length === 1 ? walked.exits : await reader.mergeBases(target, tip) });
  }
  return found;
}

/**
 * The merge bases of two tips. Where they share no commit of their own, all they share is in the target's history, below where each left it.
 */
export function pairBases(reader: Reader, one: OwnHistory & { readonly tip: Oid }, other: OwnHistory & { readonly tip: Oid }): readonly Oid[] | Promise<readonly Oid[]> {
  const [left, right] = [one.bases, other.bases];
  if (left.length !== 1 || right.length !== 1 || sharesCommit(one.own, other.own)) return reader.mergeBases(one.tip, other.tip);
  const [a, b] = [left[0], right[0]];
  if (a === undefined || b === undefined || a === b) return left;
  return reader.mergeBases(a, b);
}

function sharesCommit(one: ReadonlySet<Oid>, other: ReadonlySet<Oid>): boolean {
  const [few, many] = one.size <= other.size ? [one, other] : [other, one];
  for (const oid of few) if (many.has(oid)) return true;
  return false;
}

function parentsIn(listed: string): ReadonlyMap<Oid, readonly Oid[]> {
  const parents = new Map<Oid, readonly Oid[]>();
  for (const line of listed.split('\n')) {
    const [oid, ...rest] = line.split(' ').flatMap((id) => parseOid(id) ?? []);
    if (oid !== undefined) parents.set(oid, rest);
  }
  return parents;
}

function walk(parents: ReadonlyMap<Oid, readonly Oid[]>, tip: Oid): { readonly own: ReadonlySet<Oid>; readonly exits: readonly Oid[] } | null {
  const own = new Set<Oid>([tip]);
  const exits = new Set<Oid>();
  for (const oid of own) {
    if (own.size > OWN_MAX) return null;
    for (const parent of parents.get(oid) ?? []) (parents.has(parent) ? own : exits).add(parent);
  }
  return { own, exits: [...exits] };
}
