// The merges of a history, merged once more: which of them git leaves in conflict, and what people made of those. Judges nothing.
import { parseOid, type Oid } from '../../merge/branch.ts';
import type { ConflictFile } from '../../resolution/conflict-file.ts';
import { hasConflict } from '../../resolution/marker.ts';
import { backgroundOf, type Background } from './background.ts';
import { MARKER_LINE } from './marker.ts';
import type { Stage } from './merge-output.ts';
import { mergePair, readSides, readText, sidesIn, type Pair, type Sides, type Unread } from './pair.ts';
import { shownPath } from './tree.ts';
import type { View } from './view.ts';

export type PastMerge = Pair & { readonly merge: Oid; /** The committer's clock. */ readonly atMs: number };
/** `stages` in git's order. */
export type Collision = PastMerge & { readonly stages: readonly Stage[] };
export type PastFile = { readonly file: ConflictFile; readonly committed: string };
/** Why a conflicted path cannot be judged. */
export type Unjudged = Unread | 'moved-or-deleted' | 'markers-committed' | 'too-many-files';
export type PastConflict = { readonly merge: Oid; readonly atMs: number; readonly files: readonly PastFile[]; readonly unjudged: readonly { readonly path: string; readonly why: Unjudged }[] };

const FILES_MAX = 40;
// Test merges a forge makes by itself, ours, and what only looks like a merge.
const NOT_HISTORY = /^refs\/(?:pull\/.*\/merge$|merge-requests\/.*\/merge$|maestro\/|stash$|notes\/|replace\/)/;
const LIST_TIMEOUT_MS = 600_000;

/** Newest first. `since` as `git log --since` takes it. */
export async function pastMerges(view: View, since: string | null): Promise<readonly PastMerge[]> {
  const tips = [...view.tips].filter(([name]) => !NOT_HISTORY.test(name)).map(([, oid]) => oid);
  const args = ['rev-list', '--min-parents=2', '--max-parents=2', '--parents', '--timestamp', '--ignore-missing', ...(since === null ? [] : [`--since=${since}`]), '--stdin'];
  const listed = await view.git.must(args, { input: [...new Set(tips)].map((oid) => `${oid}\n`).join(''), timeoutMs: LIST_TIMEOUT_MS });
  return listed.split('\n').flatMap(mergeOn).toSorted((one, other) => other.atMs - one.atMs || (one.merge < other.merge ? -1 : 1));
}

function mergeOn(line: string): readonly PastMerge[] {
  const [at, ...ids] = line.split(' ');
  const [merge, ours, theirs] = ids.map(parseOid);
  return merge && ours && theirs ? [{ merge, ours, theirs, atMs: Number(at) * 1000 }] : [];
}

/** Merged once more. `unreadable`: objects are missing, or git refuses the pair. */
export async function mergeAgain(view: View, past: PastMerge): Promise<Collision | 'clean' | 'unreadable'> {
  const result = await mergePair(view, past);
  return result === null ? 'unreadable' : result.kind === 'clean' ? 'clean' : { ...past, stages: result.stages };
}

/** Equal for merges with the same conflicted contents, whichever of the two sides was merged into the other. */
export function collisionKey({ stages }: Collision): string {
  return sidesIn(stages).map(({ path, base, ours, theirs }) => [path, base?.oid ?? '', ...[ours?.oid ?? '', theirs?.oid ?? ''].toSorted()].join(' ')).toSorted().join('\n');
}

export async function readConflict(view: View, collision: Collision): Promise<PastConflict> {
  const sides = sidesIn(collision.stages);
  const background = await backgroundOf(view, collision.ours, collision.theirs, sides.map(({ path }) => path));
  const files: PastFile[] = [];
  const unjudged: { path: string; why: Unjudged }[] = [];
  for (const one of sides) {
    const read = files.length >= FILES_MAX ? 'too-many-files' : await readFile(view, collision.merge, one, background);
    if (typeof read === 'string') unjudged.push({ path: shownPath(one.path), why: read });
    else files.push(read);
  }
  return { merge: collision.merge, atMs: collision.atMs, files, unjudged };
}

async function readFile(view: View, merge: Oid, sides: Sides, background: Background): Promise<PastFile | Unjudged> {
  const texts = await readSides(view, sides);
  if (texts === 'modify/delete' || texts === 'not-a-file') return texts;
  const there = await view.reader.info(`${merge}:${sides.path}`);
  if (there?.type !== 'blob') return 'moved-or-deleted';
  if (typeof texts === 'string') return texts;
  const committed = await readText(view, there.oid);
  if (committed.kind !== 'text') return committed.kind;
  if (hasConflict(committed.text) || committed.text.includes(MARKER_LINE)) return 'markers-committed';
  const { intent, ...rest } = background(sides.path);
  return { file: { path: shownPath(sides.path), ...texts, intent: { ...intent, merge }, ...rest }, committed: committed.text };
}
