// Who on the target's side last changed the lines in conflict: a landed merge, or a plain commit. Best effort, bounded, never a reason to fail.
import type { Oid } from '../../merge/branch.ts';
import { parseOid } from '../../merge/branch.ts';
import type { Partner, PathConflict } from '../../resolution/conflict.ts';
import { landedBy } from './message.ts';
import { quietly } from './quiet.ts';
import type { Reader } from './read.ts';
import type { GitRunner } from './run.ts';

const PARTNERS_MAX = 5;
const PATHS_ASKED_MAX = 5;
const NAMES_ASKED_MAX = 3;
const TIMEOUT_MS = 3000;
const TITLE_CHARS_MAX = 200;

/** `ours` is the target's side as it was merged; only what it has and `base` has not counts. */
export async function partnersOf(git: GitRunner, reader: Reader, base: Oid | null, ours: Oid, paths: readonly PathConflict[]): Promise<readonly Partner[]> {
  const range = base === null ? ours : `${base}..${ours}`;
  const found = new Set<Oid>();
  for (const path of paths.slice(0, PATHS_ASKED_MAX)) {
    const blamed = await blame(git, range, path);
    for (const oid of blamed.length > 0 ? blamed : await lastToTouch(git, range, [path.path, ...path.also ?? []])) found.add(oid);
    if (found.size >= PARTNERS_MAX) break;
  }
  const commits = await Promise.all([...found].slice(0, PARTNERS_MAX).map((oid) => reader.commit(oid)));
  return commits.flatMap((commit) => {
    if (commit === null) return [];
    const landed = landedBy(commit.message);
    const subject = (commit.message.split('\n')[0] ?? '').slice(0, TITLE_CHARS_MAX);
    return [{ branch: landed?.branch ?? '', request: landed?.request ?? null, commit: commit.oid, title: landed?.title ?? subject }];
  });
}

/** By the name the file has on the target's side: where only the branch renamed it that is not the one it is shown by. */
async function blame(git: GitRunner, range: string, { path, also = [], hunks }: PathConflict): Promise<readonly Oid[]> {
  const spans = hunks.filter((hunk) => hunk.ours.length > 0).flatMap((hunk) => ['-L', `${hunk.oursLine},+${hunk.ours.length}`]);
  if (spans.length === 0) return [];
  for (const name of [path, ...also].slice(0, NAMES_ASKED_MAX)) {
    const blamed = blamedIn(await printed(git, ['blame', '--first-parent', '-s', '--porcelain', ...spans, range, '--', name]));
    if (blamed.length > 0) return blamed;
  }
  return [];
}

function blamedIn(listed: string): readonly Oid[] {
  const oids = new Set<Oid>();
  // Older than the merge base is nobody's news; git says so only at the first line of each commit.
  const old = new Set<Oid>();
  let current: Oid | null = null;
  for (const line of listed.split('\n')) {
    const [, id = ''] = /^([0-9a-f]{40,64}) \d+ \d+/.exec(line) ?? [];
    const oid = parseOid(id);
    if (oid !== null) current = oid;
    if (line === 'boundary' && current !== null) old.add(current);
    if (line.startsWith('\t') && current !== null && !old.has(current)) oids.add(current);
  }
  return [...oids];
}

async function lastToTouch(git: GitRunner, range: string, paths: readonly string[]): Promise<readonly Oid[]> {
  const listed = await printed(git, ['log', '--first-parent', '-m', '-n', '2', '--format=%H', range, '--', ...paths]);
  return listed.split('\n').flatMap((line) => parseOid(line.trim()) ?? []);
}

/** '' where git is too slow: the question is put without this name. */
async function printed(git: GitRunner, args: readonly string[]): Promise<string> {
  return (await quietly(git, args, TIMEOUT_MS))?.toString('utf8') ?? '';
}
