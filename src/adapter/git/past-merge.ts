// The merges of a history, merged once more: which of them git leaves in conflict, and what people made of those. Judges nothing.
import { MaestroError } from '../../error.ts';
import { parseOid, type Oid } from '../../merge/branch.ts';
import type { ConflictFile } from '../../resolution/conflict-file.ts';
import { backgroundOf, type Background } from './background.ts';
import { MARKER_LINE } from './marker.ts';
import type { MergeResult, Stage } from './merge-output.ts';
import { shownPath } from './tree.ts';
import type { View } from './view.ts';

export type PastMerge = { readonly merge: Oid; readonly ours: Oid; readonly theirs: Oid; /** The committer's clock. */ readonly atMs: number };
/** `stages` in git's order. */
export type Collision = PastMerge & { readonly stages: readonly Stage[] };
export type PastFile = { readonly file: ConflictFile; readonly committed: string };
/** Why a conflicted path cannot be judged. */
export type Unjudged = 'modify/delete' | 'not-a-file' | 'missing' | 'binary' | 'too-large' | 'not-utf8' | 'moved-or-deleted' | 'markers-committed' | 'too-many-files';
export type PastConflict = { readonly merge: Oid; readonly atMs: number; readonly files: readonly PastFile[]; readonly unjudged: readonly { readonly path: string; readonly why: Unjudged }[] };

const TEXT_BYTES_MAX = 1_000_000;
const BINARY_LOOK_BYTES = 8000;
const FILES_MAX = 40;
const MARKED = /^(?:<{7}|>{7})(?: |$)/m;
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
  const result = await attempt(view, past);
  return result === null ? 'unreadable' : result.kind === 'clean' ? 'clean' : { ...past, stages: result.stages };
}

async function attempt(view: View, { ours, theirs }: PastMerge): Promise<MergeResult | null> {
  try {
    return await view.merger.merge(ours, theirs);
  } catch (error) {
    if (error instanceof MaestroError && error.code === 'git-failed') return null;
    throw error;
  }
}

type Sides = { readonly path: string; readonly base: Stage | null; readonly ours: Stage | null; readonly theirs: Stage | null };

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

function sidesIn(stages: readonly Stage[]): readonly Sides[] {
  return [...Map.groupBy(stages, ({ path }) => path)].map(([path, some]) => {
    const at = (stage: number): Stage | null => some.find((one) => one.stage === stage) ?? null;
    return { path, base: at(1), ours: at(2), theirs: at(3) };
  });
}

async function readFile(view: View, merge: Oid, { path, base, ours, theirs }: Sides, background: Background): Promise<PastFile | Unjudged> {
  if (ours === null || theirs === null) return 'modify/delete';
  if ([base, ours, theirs].some((side) => side !== null && !side.mode.startsWith('100'))) return 'not-a-file';
  const there = await view.reader.info(`${merge}:${path}`);
  if (there?.type !== 'blob') return 'moved-or-deleted';
  const [before, left, right, committed] = await Promise.all([base === null ? null : textOf(view, base.oid), textOf(view, ours.oid), textOf(view, theirs.oid), textOf(view, there.oid)]);
  for (const side of [before, left, right, committed]) if (side !== null && side.kind !== 'text') return side.kind;
  const text = (side: Text | null): string => side?.kind === 'text' ? side.text : '';
  if (MARKED.test(text(committed)) || text(committed).includes(MARKER_LINE)) return 'markers-committed';
  const { intent, ...rest } = background(path);
  return { file: { path: shownPath(path), base: before === null ? null : text(before), ours: text(left), theirs: text(right), intent: { ...intent, merge }, ...rest }, committed: text(committed) };
}

type Text = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'missing' | 'binary' | 'too-large' | 'not-utf8' };

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

async function textOf(view: View, oid: string): Promise<Text> {
  const bytes = await view.reader.blob(oid, TEXT_BYTES_MAX);
  if (bytes === null) return { kind: await view.reader.info(oid) === null ? 'missing' : 'too-large' };
  if (bytes.subarray(0, BINARY_LOOK_BYTES).includes(0)) return { kind: 'binary' };
  try {
    return { kind: 'text', text: utf8.decode(bytes) };
  } catch {
    return { kind: 'not-utf8' };
  }
}
