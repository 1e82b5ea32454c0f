// Any repository on the disk, for one in memory: its refs and history at once, trees and blobs when a merge wants them, and back into it what was
// made. It is read as a view (its config is never alive); written by nothing but `index-pack` and `update-ref`, without hooks, without a network.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ObjectId } from '../../engine/object/id.ts';
import type { NewObject } from '../../engine/repository/new-objects.ts';
import { MaestroError } from '../../error.ts';
import { flushInto } from './flush.ts';
import type { FlushOutcome, RefMove } from './flush.ts';
import { LIBRARY_LIMITS, openLibrary } from './library.ts';
import type { Library, LibraryLimits } from './library.ts';
import type { Reader } from './read.ts';
import { bindGit } from './run.ts';
import { openView, tipsOf } from './view.ts';

export type StoredCommit = { readonly id: ObjectId; readonly tree: ObjectId; readonly parents: readonly ObjectId[] };

export type StoredRepository = {
  /** Full names, as they stand now. */
  refs(): ReadonlyMap<string, ObjectId>;
  readonly library: Library;
  readonly reader: Reader;
  /** All that these descend from and they themselves, parents first, but what `without` has. Of a shallow clone, what is there; nothing of a tip that is not there. */
  history(tips: readonly ObjectId[], without?: readonly ObjectId[]): Promise<readonly StoredCommit[]>;
  /** As `flushInto`. */
  flush(objects: readonly NewObject[], moves: readonly RefMove[]): Promise<FlushOutcome>;
  close(): Promise<void>;
};

const HISTORY_TIMEOUT_MS = 300_000;
/** A repository that lacks objects would have them fetched by what its config names. */
const NO_NETWORK = ['protocol.https.allow=never', 'protocol.ssh.allow=never'];

/** `path`: a bare repository, a clone or a worktree of one. Throws `not-a-repository`, and `object-format` for one that is not SHA-1. */
export function openStoredRepository(path: string, limits: LibraryLimits = LIBRARY_LIMITS): StoredRepository {
  const gitDir = sharedGitDir(resolve(path));
  if (gitDir === null) throw new MaestroError('not-a-repository', `${path} is no git repository`);
  if (/objectformat\s*=\s*sha256/i.test(textOf(join(gitDir, 'config')))) throw new MaestroError('object-format', `${path} is a SHA-256 repository, which is not kept in memory yet`);
  const view = openView(gitDir);
  const writing = bindGit(gitDir, NO_NETWORK);
  return {
    refs: () => new Map([...tipsOf(gitDir)].filter(([name]) => name.startsWith('refs/'))),
    library: openLibrary(view.reader, limits),
    reader: view.reader,
    history: async (tips, without = []) => {
      if (tips.length === 0) return [];
      // Of `without` some may have been thrown away meanwhile.
      const args = ['rev-list', '--ignore-missing', '--topo-order', '--reverse', '--no-commit-header', '--format=%H %T %P', '--stdin'];
      const listed = await view.git.must(args, { input: [...tips, ...without.map((id) => `^${id}`)].map((line) => `${line}\n`).join(''), timeoutMs: HISTORY_TIMEOUT_MS });
      return listed.split('\n').flatMap(commitOn);
    },
    flush: (objects, moves) => flushInto(writing, objects, moves),
    close: () => view.close(),
  };
}

function commitOn(line: string): readonly StoredCommit[] {
  const [id = '', tree = '', ...parents] = line.split(' ');
  return id === '' ? [] : [{ id, tree, parents: parents.filter((parent) => parent !== '') }];
}

/** Asks no git: in somebody else's folder it would read their config to find out. null: no repository. */
function sharedGitDir(path: string): string | null {
  const inner = join(path, '.git');
  const found = isFile(inner) ? pointed(inner, path) : existsSync(inner) ? inner : path;
  if (!isFile(join(found, 'HEAD'))) return null;
  const common = textOf(join(found, 'commondir')).trim();
  const shared = common === '' ? found : resolve(found, common);
  return existsSync(join(shared, 'objects')) ? shared : null;
}

function pointed(file: string, path: string): string {
  return resolve(path, /^gitdir: (.+)$/m.exec(textOf(file))?.[1] ?? '');
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
