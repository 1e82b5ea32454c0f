// Reading objects through persistent git processes: commits, blobs, trees, differences, merge bases. Writes nothing.
import { MaestroError } from '../../error.ts';
import { parseOid, printable } from '../../merge/branch.ts';
import type { Oid } from '../../merge/branch.ts';
import type { Commit, FileContent } from '../../port/git.ts';
import { baseFinder, type BaseFinder } from './base-line.ts';
import { takeChanges } from './change.ts';
import type { Change } from './change.ts';
import { gitProgram } from './run.ts';
import type { GitRunner } from './run.ts';
import { Session } from './session.ts';
import type { Take } from './session.ts';
import { MODE_SUBMODULE, MODE_TREE, parseTree } from './tree.ts';
import type { TreeEntry } from './tree.ts';

const TIMEOUT_MS = 30_000;
const COMMITS_KEPT_MAX = 4096;
const BASES_KEPT_MAX = 1024;
const TREE_BYTES_MAX = 16 * 1024 * 1024;
const BRIEF_CHARS_MAX = 64 * 1024;

/** `at` is the committer's clock in seconds: good for a guess at order, never for order itself. */
export type DatedCommit = Commit & { readonly at: number };
export type ObjectInfo = { readonly oid: Oid; readonly type: string; readonly bytes: number };

/** `large`: over what was allowed for its kind, or of a kind that nothing was allowed for. */
export type StoredObject = { readonly kind: 'found'; readonly type: string; readonly body: Buffer } | { readonly kind: 'absent' } | { readonly kind: 'large'; readonly bytes: number };

export type Reader = {
  commit(oid: Oid): Promise<DatedCommit | null>;
  /** `name` is an object id or `<tree or commit>:<path>`, bytes as latin1; null when there is nothing. */
  info(name: string): Promise<ObjectInfo | null>;
  blob(oid: string, bytesMax: number): Promise<Buffer | null>;
  tree(oid: string): Promise<readonly TreeEntry[] | null>;
  /** Whatever has this id, as git stores it. Its size is asked first: nothing over `bytesMax` of its kind is read. */
  object(oid: string, bytesMax: Readonly<Record<string, number>>): Promise<StoredObject>;
  /** A file of a commit (or tree) as text. Throws, retryable, where the mirror lacks what the commit speaks of. */
  file(commit: Oid, path: string, bytesMax: number): Promise<FileContent>;
  /** Every path that differs between two trees. The caller made sure that both are of a walkable size. */
  changes(a: Oid, b: Oid): Promise<readonly Change[]>;
  mergeBases(a: Oid, b: Oid): Promise<readonly Oid[]>;
  /** The same, and what led there, where it is told without git; null: ask `mergeBases`. */
  readonly meeting: BaseFinder['meeting'];
  isAncestor(a: Oid, b: Oid): Promise<boolean>;
  close(): Promise<void>;
};

export function openReader(git: GitRunner): Reader {
  const objects = session(git, ['cat-file', '--batch-command', '--buffer'], 'flush\n');
  const differences = session(git, ['diff-tree', '--stdin', '-r', '-z', '--raw', '--no-renames', '--no-abbrev'], '');
  const commits = new Map<Oid, DatedCommit>();
  const info = (name: string): Promise<ObjectInfo | null> => unsendable(name) ? Promise.resolve(null) : objects.ask(`info ${name}\n`, () => takeInfo);
  const body = async (oid: string, type: string, bytesMax: number): Promise<Buffer | null> => {
    const found = await info(oid);
    if (found === null || found.type !== type || found.bytes > bytesMax) return null;
    return (await objects.ask(`contents ${found.oid}\n`, () => takeBody))?.body ?? null;
  };

  const commit = async (oid: Oid): Promise<DatedCommit | null> => {
    const known = commits.get(oid);
    if (known !== undefined) return known;
    // No look at the size first: a commit is small, and its way to the answer is the one everything waits for.
    const found = await objects.ask(`contents ${oid}\n`, () => takeBody);
    const parsed = found?.type === 'commit' ? parseCommit(oid, found.body.toString('utf8')) : null;
    if (parsed !== null && parsed.message.length <= BRIEF_CHARS_MAX) keep(commits, oid, parsed, COMMITS_KEPT_MAX);
    return parsed;
  };

  const finder = baseFinder(commit);

  const object = async (oid: string, bytesMax: Readonly<Record<string, number>>): Promise<StoredObject> => {
    const found = await info(oid);
    if (found === null) return { kind: 'absent' };
    if (found.bytes > (bytesMax[found.type] ?? 0)) return { kind: 'large', bytes: found.bytes };
    const content = await objects.ask(`contents ${found.oid}\n`, () => takeBody);
    return content === null ? { kind: 'absent' } : { kind: 'found', ...content };
  };

  const tree = async (oid: string): Promise<readonly TreeEntry[] | null> => {
    const raw = await body(oid, 'tree', TREE_BYTES_MAX);
    return raw === null ? null : parseTree(raw, oid.length / 2);
  };

  return {
    commit, info, tree, object,
    blob: (oid, bytesMax) => body(oid, 'blob', bytesMax),
    file: async (at, path, bytesMax) => {
      const bytes = Buffer.from(path, 'utf8').toString('latin1');
      const found = await info(`${at}:${bytes}`);
      // git says "missing" of a path that is not there and of an object that should be.
      if (found === null) return without(await entryAt(tree, (await commit(at))?.tree ?? at, bytes), path);
      if (found.type !== 'blob') return NOT_A_FILE;
      if (found.bytes > bytesMax) return { kind: 'unusable', why: `larger than ${Math.floor(bytesMax / 1024)} KiB` };
      const content = await body(found.oid, 'blob', bytesMax);
      if (content === null) throw notThere(path);
      return { kind: 'text', text: content.toString('utf8') };
    },
    changes: async (a, b) => {
      const changes = a === b ? [] : await differences.ask(`${a} ${b}\n${SENTINEL}\n`, () => takeChanges(SENTINEL));
      if (changes === null) throw new MaestroError('git-failed', `git could not compare ${a} with ${b}`);
      return changes;
    },
    mergeBases: basesBy(git, finder),
    meeting: (a, b) => finder.meeting(a, b),
    isAncestor: async (a, b) => a === b || await answers(git, ['merge-base', '--is-ancestor', a, b]),
    close: async () => {
      await Promise.all([objects.close(), differences.close()]);
    },
  };
}

const NOT_A_FILE: FileContent = { kind: 'unusable', why: 'not a file' };

/** What a path is that no object was found for. */
function without(entry: TreeEntry | null, path: string): FileContent {
  if (entry === null) return { kind: 'absent' };
  if (entry.mode === MODE_SUBMODULE) return NOT_A_FILE;
  throw notThere(path);
}

function notThere(what: string): MaestroError {
  return new MaestroError('git-failed', `${printable(what)} is not in the mirror`, { retryable: true });
}

async function entryAt(treeOf: Reader['tree'], root: string, path: string): Promise<TreeEntry | null> {
  let entry: TreeEntry = { mode: MODE_TREE, name: '', oid: root };
  for (const part of path.split('/')) {
    if (entry.mode !== MODE_TREE) return null;
    const entries = await treeOf(entry.oid);
    if (entries === null) throw notThere(`the tree ${entry.oid}`);
    const inner = entries.find(({ name }) => name === part);
    if (inner === undefined) return null;
    entry = inner;
  }
  return entry;
}

// diff-tree echoes a line that is no object id, and flushes: the end of the answer before it.
const SENTINEL = '!end';

function session(git: GitRunner, args: readonly string[], trailer: string): Session {
  return new Session({ program: gitProgram(), ...git.command(args), trailer, timeoutMs: TIMEOUT_MS, replaysMax: 1 });
}

/** A newline would be a second command; a relative path would be taken from the process's own folder. */
function unsendable(name: string): boolean {
  return name === '' || name.includes('\n') || name.includes('\0') || /:\.{1,2}\//.test(name);
}

const takeInfo: Take<ObjectInfo | null> = (view) => {
  const end = view.indexOf(10);
  return end === -1 ? null : { value: parseInfo(view.toString('utf8', 0, end)), used: end + 1 };
};

const takeBody: Take<{ readonly type: string; readonly body: Buffer } | null> = (view) => {
  const end = view.indexOf(10);
  if (end === -1) return null;
  const found = parseInfo(view.toString('utf8', 0, end));
  if (found === null) return { value: null, used: end + 1 };
  const last = end + 1 + found.bytes;
  return view.length <= last ? null : { value: { type: found.type, body: Buffer.from(view.subarray(end + 1, last)) }, used: last + 1 };
};

function parseInfo(line: string): ObjectInfo | null {
  const [, id = '', type = '', bytes = ''] = /^([0-9a-f]+) (\w+) (\d+)$/.exec(line) ?? [];
  const oid = parseOid(id);
  if (oid === null && !/ (?:missing|ambiguous)$/.test(line)) throw new MaestroError('git-failed', 'cat-file answered something else');
  return oid === null ? null : { oid, type, bytes: Number(bytes) };
}

function parseCommit(oid: Oid, text: string): DatedCommit | null {
  const blank = text.indexOf('\n\n');
  const head = (blank === -1 ? text : text.slice(0, blank)).split('\n');
  const valuesOf = (key: string): string[] => head.filter((line) => line.startsWith(`${key} `)).map((line) => line.slice(key.length + 1));
  const tree = parseOid(valuesOf('tree')[0] ?? '');
  if (tree === null) return null;
  const [, author = ''] = /^(.*>)/.exec(valuesOf('author')[0] ?? '') ?? [];
  const [, at = '0'] = / (\d+) [+-]\d+$/.exec(valuesOf('committer')[0] ?? '') ?? [];
  return { oid, tree, parents: valuesOf('parent').flatMap((parent) => parseOid(parent) ?? []), message: blank === -1 ? '' : text.slice(blank + 2), author, at: Number(at) };
}

function keep<K, V>(kept: Map<K, V>, key: K, value: V, max: number): void {
  if (kept.size >= max) kept.delete(kept.keys().next().value ?? key);
  kept.set(key, value);
}

/** Who built a merge asks, and who looks at it once more before it lands. */
function basesBy(git: GitRunner, finder: BaseFinder): Reader['mergeBases'] {
  const bases = new Map<string, readonly Oid[]>();
  return async (a, b) => {
    const pair = `${a} ${b}`;
    const known = bases.get(pair);
    if (known !== undefined) return known;
    const found = await finder.bases(a, b) ?? await allMergeBases(git, a, b);
    keep(bases, pair, found, BASES_KEPT_MAX);
    return found;
  };
}

async function allMergeBases(git: GitRunner, a: Oid, b: Oid): Promise<readonly Oid[]> {
  const result = await git.run(['merge-base', '--all', a, b]);
  if (result.code > 1) throw new MaestroError('git-failed', `git merge-base failed: ${result.stderr.trim()}`);
  return result.stdout.toString('latin1').split('\n').flatMap((line) => parseOid(line) ?? []);
}

async function answers(git: GitRunner, args: readonly string[]): Promise<boolean> {
  const result = await git.run(args);
  if (result.code > 1) throw new MaestroError('git-failed', `git ${args[0] ?? ''} failed: ${result.stderr.trim()}`);
  return result.code === 0;
}
