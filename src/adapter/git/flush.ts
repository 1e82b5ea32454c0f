// What was made in memory goes into a real repository: the objects as packs, then all refs in one transaction with their old values. Whoever dies
// between the two leaves objects that nothing points to. Makes no object and decides about no ref.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildPack, packBytesMax } from '../../engine/object/pack.ts';
import type { PackObject } from '../../engine/object/pack.ts';
import type { ObjectId } from '../../engine/object/id.ts';
import type { NewObject } from '../../engine/repository/new-objects.ts';
import { MaestroError } from '../../error.ts';
import { gitFailed } from './run.ts';
import type { GitRunner } from './run.ts';

/** `old` null: there must be none yet. `new` null: it goes. */
export type RefMove = { readonly ref: string; readonly old: ObjectId | null; readonly new: ObjectId | null };

export type FlushOutcome =
  /** Objects and refs are on the disk. */
  | { readonly kind: 'flushed' }
  /** Somebody else moved this ref first: none was moved. */
  | { readonly kind: 'lost'; readonly ref: string; readonly detail: string }
  /** None was moved, and trying again will not help. */
  | { readonly kind: 'refused'; readonly detail: string };

const PACK_BYTES_MAX = 128 * 1024 * 1024;
const REFS_MAX = 100_000;
/** With the wait for the objects. */
const MOVE_TIMEOUT_MS = 600_000;
const FLUSHED: FlushOutcome = { kind: 'flushed' };
const NOTHING = '0'.repeat(40);
/** A mirror may lose what it was told; this is somebody's own repository. */
const DURABLE = ['core.fsync=committed,reference'];
const REF = /^refs\/[!-~\u0080-\u{10ffff}]{1,1000}$/u;
const LOST = /is at [0-9a-f]+ but expected|reference already exists|reference is missing but expected|unable to resolve reference|Unable to create '.*\.lock': File exists/;

/** `git` is bound to the shared git directory. What an object names comes before it, or is in the repository; what is there already may come again. */
export async function flushInto(git: GitRunner, objects: readonly NewObject[], refs: readonly RefMove[]): Promise<FlushOutcome> {
  checkMoves(refs);
  const open = new Set(checkedOut(git.directory));
  const standing = refs.find(({ ref }) => open.has(ref));
  if (standing !== undefined) return { kind: 'refused', detail: `${standing.ref} is checked out in a worktree, whose files would no longer be its own` };
  // git takes no object twice in one pack.
  const distinct = [...new Map(objects.map((object) => [object.id, object])).values()];
  const stored = writePacks(git, distinct);
  const [outcome] = await Promise.all([refs.length === 0 ? FLUSHED : moveRefs(git, refs, stored), stored]);
  return outcome;
}

function checkMoves(refs: readonly RefMove[]): void {
  if (refs.length > REFS_MAX) throw new MaestroError('usage', `more than ${REFS_MAX} refs at once`);
  const bad = refs.find(({ ref, old, new: next }) => !REF.test(ref) || (old === null && next === null));
  if (bad !== undefined) throw new MaestroError('usage', `${JSON.stringify(bad.ref)} is no ref that can be moved`);
}

async function writePacks(git: GitRunner, objects: readonly PackObject[]): Promise<void> {
  for (const part of packable(objects)) await writePack(git, part);
}

async function writePack(git: GitRunner, objects: readonly PackObject[]): Promise<void> {
  // Strict: nothing that git's own check would mind, no link to what is not there.
  const args = ['index-pack', '--stdin', '--strict'];
  const result = await git.run(args, { input: () => buildPack(objects), config: DURABLE });
  if (result.code !== 0) throw gitFailed(args, result);
}

function* packable(objects: readonly PackObject[]): Generator<readonly PackObject[]> {
  let [from, bytes] = [0, 0];
  for (const [at, object] of objects.entries()) {
    const more = packBytesMax([object]);
    if (bytes > 0 && bytes + more > PACK_BYTES_MAX) {
      yield objects.slice(from, at);
      [from, bytes] = [at, 0];
    }
    bytes += more;
  }
  if (from < objects.length) yield objects.slice(from);
}

/** Its process starts beside the one that takes in the objects, and hears of no ref before all of them are stored. */
async function moveRefs(git: GitRunner, refs: readonly RefMove[], stored: Promise<void>): Promise<FlushOutcome> {
  const lines = refs.map(({ ref, old, new: next }) => next === null ? `delete ${ref}\0${old ?? NOTHING}\0` : `update ${ref}\0${next}\0${old ?? NOTHING}\0`);
  const args = ['update-ref', '--stdin', '-z', '--no-deref'];
  const result = await git.run(args, { input: () => stored.then(() => lines.join('')), config: DURABLE, timeoutMs: MOVE_TIMEOUT_MS });
  if (result.code === 0) return FLUSHED;
  const detail = result.stderr.trim();
  if (!/cannot lock ref|cannot update|fatal: /.test(detail)) throw gitFailed(args, result);
  const [, ref = ''] = /ref(?:erence)? '([^']+)'/.exec(detail) ?? [];
  return LOST.test(detail) ? { kind: 'lost', ref, detail } : { kind: 'refused', detail };
}

/** Branches that a worktree stands on. A bare repository's HEAD only says which branch is the first. */
function checkedOut(gitDir: string): readonly string[] {
  const heads = [...isBare(gitDir) ? [] : [join(gitDir, 'HEAD')], ...worktrees(gitDir).map((name) => join(gitDir, 'worktrees', name, 'HEAD'))];
  return heads.flatMap((file) => /^ref: (\S+)$/m.exec(textOf(file))?.[1] ?? []);
}

function isBare(gitDir: string): boolean {
  return /^\s*bare\s*=\s*true\s*$/im.test(textOf(join(gitDir, 'config')));
}

function worktrees(gitDir: string): readonly string[] {
  try {
    return readdirSync(join(gitDir, 'worktrees'));
  } catch {
    return [];
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
