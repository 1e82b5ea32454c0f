// One atomic push with a lease on every ref, and what git and the remote said of it. What the remote then holds is asked elsewhere.
import { createHash } from 'node:crypto';
import type { ObjectKind } from '../../engine/object/id.ts';
import { buildPack } from '../../engine/object/pack.ts';
import { MaestroError } from '../../error.ts';
import { printable } from '../../merge/branch.ts';
import type { Oid, RefName } from '../../merge/branch.ts';
import { checked } from './fetch.ts';
import { gather, knownIn, type Sides } from './gather.ts';
import { OUT_REFS } from './mirror.ts';
import type { Mirror } from './mirror.ts';
import type { Reader } from './read.ts';
import type { GitResult, GitRunner } from './run.ts';

type Move = { readonly target: RefName; readonly old: Oid; readonly new: Oid; readonly records: readonly AuditRecord[]; /** What the remote has besides: branches that are merged. */ readonly held: readonly Oid[] };
/** A tag object and the full ref it gets; a ref that holds something else already is a stale lease. */
export type AuditRecord = { readonly ref: string; readonly tag: Oid };

export type PushAnswer =
  | { readonly kind: 'accepted' }
  /** The lease of these refs did not hold: certainly nothing was applied. */
  | { readonly kind: 'stale'; readonly refs: readonly string[] }
  /** `everyone`: it was no matter of what was pushed, so the next push would meet the same. */
  | { readonly kind: 'refused'; readonly detail: string; readonly everyone: boolean }
  /** Time-out, killed, connection lost, or words nobody knows: it may have been applied. */
  | { readonly kind: 'unclear'; readonly detail: string };

/** What a push is made of. */
export type Stock = Pick<Reader, 'commit' | 'object' | 'tree'>;

/** More is worth the process that compresses it. */
const SMALL_BYTES = 64 * 1024;
const DETAIL_LENGTH_MAX = 600;
const OPTIONS = ['push', '--porcelain', '--no-verify', '--no-signed', '--no-follow-tags', '--recurse-submodules=no', '--no-progress'];
// What a remote says when somebody else was faster or when one ref spoilt the others; policy has other words.
const NOT_POLICY = /atomic|failed to update ref|incorrect old value|cannot lock|failed to lock|already exists|is at [0-9a-f]+ but expected|remote failed to report|internal|time-?out|deadline/i;
const REFUSED_OUTRIGHT = /does not support --atomic|permission .*denied|permission denied|access denied|not allowed|read-only|authentication failed|could not read username|returned error: 40[13]|write access|repository is archived|protected branch/i;
const LACKING = /missing necessary objects/;
const OUT_OF_SPACE = /no space left|disk quota|cannot allocate/i;

export async function push(mirror: Mirror, reader: Stock, move: Move, timeoutMs: number): Promise<PushAnswer> {
  const answer = await pushByWire(mirror, reader, move, timeoutMs) ?? await pushByGit(mirror, move, timeoutMs);
  if (answer.kind === 'accepted') mirror.wire?.trust();
  return answer;
}

/** null: nothing was applied, or nobody tried; git has to do it, and says what is wrong. */
async function pushByWire({ wire, git }: Mirror, reader: Stock, move: Move, timeoutMs: number): Promise<PushAnswer | null> {
  const moves = [{ ref: checked(move.target), old: move.old, new: move.new }, ...move.records.map(({ ref, tag }) => ({ ref, old: null, new: tag }))];
  const tips = moves.map((one) => one.new);
  const there = [move.old, ...move.held];
  const answer = await wire?.push(moves, async () => await smallPack(reader, tips, there) ?? thinPack(git, tips, there), timeoutMs);
  switch (answer) {
    case 'accepted': return { kind: 'accepted' };
    case 'unclear': return { kind: 'unclear', detail: 'the connection ended before its answer' };
    case null: case undefined: return null;
    // A stale lease and a remote in trouble have many words: git knows them, and what the remote turns out to lack.
    default: return answer.refs.some(({ why }) => LACKING.test(why)) ? null : refusal(answer.refs.map(({ ref, why }) => ({ ref, why, remote: true })), answer.said.replaceAll(/^/gm, 'remote: '));
  }
}

/** null: it is not so small. */
async function smallPack(reader: Stock, tips: readonly Oid[], there: readonly Oid[]): Promise<Buffer | null> {
  const objects = await gather(tips, sidesOfPush(reader, there, SMALL_BYTES), SMALL_BYTES);
  return objects === null ? null : buildPack(objects);
}

/** Everything is here, and over there is what `there` leads to. `bytesMax`: of one object. */
export function sidesOfPush(reader: Stock, there: readonly Oid[], bytesMax: number): Sides {
  return {
    isKnown: (commit) => Promise.resolve(there.includes(commit)),
    meet: async (oid) => {
      const met = await reader.object(oid, { commit: bytesMax, tree: bytesMax, blob: bytesMax, tag: bytesMax });
      return met.kind === 'found' ? { kind: met.type as ObjectKind, body: met.body } : null;
    },
    ...knownIn(reader),
  };
}

async function thinPack(git: GitRunner, tips: readonly Oid[], there: readonly Oid[]): Promise<Buffer | null> {
  const input = [...tips, ...there.map((oid) => `^${oid}`), ''].join('\n');
  const pack = await git.run(['pack-objects', '--revs', '--thin', '--delta-base-offset', '--stdout', '-q'], { input });
  return pack.code === 0 ? pack.stdout : null;
}

async function pushByGit(mirror: Mirror, move: Move, timeoutMs: number): Promise<PushAnswer> {
  const leases = [`--force-with-lease=${checked(move.target)}:${move.old}`, ...move.records.map((record) => `--force-with-lease=${record.ref}:`)];
  // A plain `<id>:<ref>` is a guess to git: with a branch named refs/heads/main on the remote, refs/heads/main is ambiguous. A pattern is none.
  const folder = `${OUT_REFS}/${createHash('sha256').update(`${move.target} ${move.new}`).digest('hex')}`;
  try {
    for (const { ref, oid } of [{ ref: move.target, oid: move.new }, ...move.records.map(({ ref, tag }) => ({ ref, oid: tag }))]) mirror.writeRef(ref.replace(/^refs/, folder), oid);
    return read(await mirror.reach([...OPTIONS, '--atomic', ...leases, mirror.address.url, `${folder}/*:refs/*`], { timeoutMs }));
  } catch (error) {
    if (error instanceof MaestroError && error.code === 'timeout') return { kind: 'unclear', detail: error.message };
    throw error;
  } finally {
    mirror.removeRef(folder);
  }
}

function read(result: GitResult): PushAnswer {
  if (result.code === 0) return { kind: 'accepted' };
  const refs = rejections(result.stdout.toString('utf8'));
  const stale = refs.filter(({ remote, why }) => !remote && /stale info|fetch first|non-fast-forward/.test(why));
  if (stale.length > 0) return { kind: 'stale', refs: stale.map(({ ref }) => ref) };
  const refused = refusal(refs, result.stderr);
  if (refused !== null) return refused;
  // Without a line for any ref the remote never looked at them.
  if (refs.length === 0 && REFUSED_OUTRIGHT.test(result.stderr)) return { kind: 'refused', everyone: true, detail: worded([], result.stderr) };
  return { kind: 'unclear', detail: worded(refs.map(({ ref, why }) => `${ref}: ${why}`), result.stderr) };
}

/** The remote's policy; null where something else was in the way. */
function refusal(refs: readonly Rejection[], stderr: string): PushAnswer | null {
  const policy = refs.filter(({ remote, why }) => remote && !NOT_POLICY.test(why));
  if (policy.length === 0 || OUT_OF_SPACE.test(stderr)) return null;
  return { kind: 'refused', everyone: policy.every(({ ref }) => ref.startsWith('refs/maestro/')), detail: worded(policy.map(({ ref, why }) => `${ref}: ${why}`), stderr) };
}

type Rejection = { readonly ref: string; readonly remote: boolean; readonly why: string };

/** `! TAB from:to TAB [rejected] (why)` or `[remote rejected] (why)`. */
function rejections(porcelain: string): readonly Rejection[] {
  return porcelain.split('\n').flatMap((line) => {
    const [, ref, by, why] = /^!\t[^:\t]*:([^\t]+)\t\[(remote )?(?:rejected|failure|no match)\](?: \((.*)\))?/.exec(line) ?? [];
    return ref === undefined ? [] : [{ ref, remote: by !== undefined, why: why ?? 'no reason given' }];
  });
}

/** The remote's own words first: a hook's message says more than "hook declined". */
function worded(refs: readonly string[], stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  const said = lines.flatMap((line) => /^remote: ?(.*\S)\s*$/.exec(line)?.[1] ?? []);
  const git = lines.filter((line) => /^(?:fatal|error|ERROR|ssh)\b/.test(line) && !/failed to push some refs/.test(line));
  const all = [...new Set([...said, ...refs, ...(refs.length > 0 && said.length > 0 ? [] : git)])];
  return printable(all.join('; '), DETAIL_LENGTH_MAX);
}
