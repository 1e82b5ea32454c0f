// A repository on the disk and the one in memory that stands for it: told of its history, brought what it lacks, flushed back. Never decides who
// wins: where both moved a branch, that is the answer.
import type { ObjectId } from '../../engine/object/id.ts';
import type { Commit } from '../../engine/object/commit.ts';
import { newObjects } from '../../engine/repository/new-objects.ts';
import { SharedRepository } from '../../engine/repository/shared-repository.ts';
import type { SharedRepositoryOptions } from '../../engine/repository/shared-repository.ts';
import { MaestroError } from '../../error.ts';
import type { FlushOutcome } from './flush.ts';
import { LIBRARY_LIMITS } from './library.ts';
import type { Library, LibraryLimits, Unread } from './library.ts';
import { openStoredRepository } from './stored-repository.ts';
import type { StoredRepository } from './stored-repository.ts';

export type LiveOptions = Partial<Omit<SharedRepositoryOptions, 'shelf'>> & { readonly limits?: Partial<LibraryLimits> };

export type LiveRepository = {
  readonly repository: SharedRepository;
  /** Any call of the repository that may answer `missing`: made again until nothing is. Throws where that cannot be read: `object-missing`, `object-corrupt`, or `engine-full` over a limit. */
  whole<T extends { readonly kind: string }>(ask: () => T | { readonly kind: 'missing'; readonly objects: readonly ObjectId[] }): Promise<T>;
  /** All folders of a branch into memory at once, so that no commit on it has to wait for one. */
  warm(branch: string): Promise<void>;
  /** Everything made since the last flush, into the repository: objects, then all branches at once. Until it says `flushed` nothing is safe. */
  flush(): Promise<FlushOutcome>;
  /** What others did to the repository meanwhile. Branches that both moved stay as they are here, and are named. */
  refresh(): Promise<readonly string[]>;
  close(): Promise<void>;
};

const HEADS = 'refs/heads/';
const LIVE_LIMITS: LibraryLimits = { ...LIBRARY_LIMITS, keptBytesMax: 128 * 1024 * 1024, blobBytesMax: 64 * 1024 * 1024, readBytesMax: 256 * 1024 * 1024, objectsMax: 400_000 };
/** A tree of folders deeper than this is left to be read when somebody asks. */
const WARM_DEPTH_MAX = 256;

/** `path`: a bare repository, a clone or a worktree. Throws `not-a-repository`, `object-format`. */
export async function loadRepository(path: string, { limits = {}, ...options }: LiveOptions = {}): Promise<LiveRepository> {
  const stored = openStoredRepository(path, { ...LIVE_LIMITS, ...limits });
  const repository = new SharedRepository({ now: () => Math.floor(Date.now() / 1000), ...options, shelf: stored.library.shelf });
  const whole: LiveRepository['whole'] = async (ask) => {
    const said = await stored.library.answer(ask);
    if (isUnread(said)) throw unreadable(said);
    return said;
  };
  const told = new Set<ObjectId>();
  const refresh = async (): Promise<readonly string[]> => {
    const heads = headsOf(stored);
    const fresh = [...new Set(heads.values())].filter((tip) => repository.find(tip) === null);
    repository.tell(await stored.history(fresh, [...told]));
    const lacking = fresh.find((tip) => repository.find(tip) === null);
    if (lacking !== undefined) throw new MaestroError('object-missing', `a branch is at ${lacking}, which the repository does not have`);
    told.clear();
    for (const tip of heads.values()) told.add(tip);
    // What went goes first: its name may be part of a new one.
    const gone = repository.savedBranches().filter((branch) => !heads.has(branch)).map((branch) => [branch, null] as const);
    return [...gone, ...heads].flatMap(([branch, tip]) => repository.adopt(branch, tip).kind === 'moved' ? [] : [branch]);
  };
  await openOr(stored, refresh);
  const flush = async (): Promise<FlushOutcome> => {
    const unsaved = repository.unsaved();
    const outcome = await stored.flush(newObjects(unsaved.commits), unsaved.refs.map(({ branch, from, to }) => ({ ref: `${HEADS}${branch}`, old: from, new: to })));
    if (outcome.kind === 'flushed') repository.saved(unsaved);
    return outcome;
  };
  // One at a time: a second flush would take the first one's moves for somebody else's, and a refresh what it read before them for news.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work);
    last = next.catch(() => undefined);
    return next;
  };
  return {
    repository, whole,
    warm: (branch) => warm(stored.library, repository.tip(branch)),
    flush: () => inTurn(flush),
    refresh: () => inTurn(refresh),
    close: () => stored.close(),
  };
}

async function openOr(stored: StoredRepository, open: () => Promise<unknown>): Promise<void> {
  try {
    await open();
  } catch (error) {
    await stored.close();
    throw error;
  }
}

function headsOf(stored: StoredRepository): ReadonlyMap<string, ObjectId> {
  return new Map([...stored.refs()].flatMap(([name, tip]) => name.startsWith(HEADS) ? [[name.slice(HEADS.length), tip] as const] : []));
}

/** Level by level, each in one burst. */
async function warm(library: Library, tip: Commit | null): Promise<void> {
  const seen = new Set<ObjectId>();
  for (let level = tip === null ? [] : [tip.tree], depth = 0; level.length > 0 && depth < WARM_DEPTH_MAX; depth += 1) {
    const unread = await library.bring(level.flatMap((tree) => library.shelf.entries(tree) === null ? [tree.id] : []));
    if (unread !== null) throw unreadable(unread);
    const inner = level.flatMap((tree) => library.shelf.entries(tree) ?? []).flatMap(({ node }) => node.kind === 'tree' ? [node] : []);
    level = inner.filter(({ id }) => !seen.has(id) && seen.add(id));
  }
}

function isUnread(said: { readonly kind: string }): said is Unread {
  return said.kind === 'unread';
}

function unreadable({ why, code }: Unread): MaestroError {
  return new MaestroError(code, `the repository could not be read: ${why}`);
}
