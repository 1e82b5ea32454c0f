// What files in conflict were on either side since the two parted, from one listing of git's. Best effort, bounded, never a reason to fail.
import type { Oid } from '../../merge/branch.ts';
import { EARLIER_CHARS_MAX, EARLIER_MAX, type Earlier } from '../../resolution/conflict-file.ts';
import { quietly } from './quiet.ts';
import type { Reader } from './read.ts';
import type { GitRunner } from './run.ts';
import { textIn } from './text.ts';
import { shownPath } from './tree.ts';

const TEXT_BYTES_MAX = 1_000_000;
const COMMITS_MAX = 400;
const PATHS_MAX = 40;
const TIMEOUT_MS = 3_000;
const ENTRY = /^\n?:\d{6} (\d{6}) [0-9a-f]+ ([0-9a-f]+) [A-Z]$/;
const SIDES = { '<': 'ours', '>': 'theirs' } as const;

type Blobs = { readonly ours: Set<string>; readonly theirs: Set<string> };

/** By path, bytes as latin1. A path is left out where git does not tell all of it: a side's file of today is not among its own (it was moved), or something is missing. */
export async function earlierTexts(git: GitRunner, reader: Pick<Reader, 'blob' | 'info'>, ours: Oid, theirs: Oid, paths: readonly string[]): Promise<ReadonlyMap<string, Earlier>> {
  const told = paths.filter((path) => latin1(shownPath(path)) === path).slice(0, PATHS_MAX);
  const blobs = told.length === 0 ? null : await listed(git, ours, theirs, told);
  if (blobs === null) return new Map();
  const found = await Promise.all(told.map(async (path): Promise<readonly [string, Earlier][]> => {
    const [mine, other] = await Promise.all([sideOf(reader, ours, path, blobs.get(path)?.ours ?? []), sideOf(reader, theirs, path, blobs.get(path)?.theirs ?? [])]);
    return mine === null || other === null ? [] : [[path, { ours: mine, theirs: other }]];
  }));
  return new Map(found.flat());
}

function latin1(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** Newest first, each once a side; null where git does not tell in time, or there is too much. */
async function listed(git: GitRunner, ours: Oid, theirs: Oid, paths: readonly string[]): Promise<ReadonlyMap<string, Blobs> | null> {
  // Of a merge what it made of its first parent's text: a branch that took in the other is told of what it took.
  const out = await quietly(git, ['log', '--left-right', '--raw', '--diff-merges=first-parent', '--no-abbrev', '--no-renames', '-z', '--format=%m', `--max-count=${COMMITS_MAX}`, `${ours}...${theirs}`, '--', ...paths.map(shownPath)], TIMEOUT_MS);
  if (out === null) return null;
  const found = new Map<string, Blobs>();
  let [side, commits]: [keyof Blobs, number] = ['ours', 0];
  const words = out.toString('latin1').split('\0').values();
  for (const word of words) {
    if (word === '<' || word === '>') [side, commits] = [SIDES[word], commits + 1];
    const [, mode = '', oid = ''] = ENTRY.exec(word) ?? [];
    if (mode === '') continue;
    const path = words.next().value ?? '';
    const known = found.get(path) ?? { ours: new Set(), theirs: new Set() };
    if (mode.startsWith('100')) known[side].add(oid);
    found.set(path, known);
  }
  return commits < COMMITS_MAX ? found : null;
}

async function sideOf(reader: Pick<Reader, 'blob' | 'info'>, tip: Oid, path: string, blobs: Iterable<string>): Promise<readonly string[] | null> {
  const known = [...blobs];
  const today = await reader.info(`${tip}:${path}`);
  return today === null || (known.length > 0 && !known.includes(today.oid)) ? null : textsOf(reader, known);
}

/** Null where one is missing: as in a clone that fetches them later. What is no text is no text of the file's. */
async function textsOf(reader: Pick<Reader, 'blob' | 'info'>, blobs: readonly string[]): Promise<readonly string[] | null> {
  const texts: string[] = [];
  let left = EARLIER_CHARS_MAX;
  for (const oid of blobs) {
    const bytes = await reader.blob(oid, TEXT_BYTES_MAX);
    if (bytes === null && await reader.info(oid) === null) return null;
    const text = bytes === null ? null : textIn(bytes);
    if (text === null) continue;
    left -= text.length;
    if (left < 0) break;
    texts.push(text);
    if (texts.length === EARLIER_MAX) break;
  }
  return texts;
}
