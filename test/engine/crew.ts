// A crew of agents in one shared repository, in few words.
import { SharedRepository, type RepositoryEvent, type SharedRepositoryOptions } from '../../src/engine.ts';

export const CORE = { name: 'core', email: 'core@crew' };
export const DEV = { name: 'dev-1', email: 'dev-1@crew' };

export type Files = Readonly<Record<string, string | null>>;

export function afloat(files: Files, options: Partial<SharedRepositoryOptions> = {}): { readonly repo: SharedRepository; readonly heard: RepositoryEvent[] } {
  let seconds = 1_700_000_000;
  const repo = new SharedRepository({ now: () => seconds += 1, ...options });
  const heard: RepositoryEvent[] = [];
  const made = repo.commit({ branch: 'main', author: CORE, message: 'first\n', changes: changesOf(files), expected: null });
  if (made.kind !== 'committed') throw new Error(made.kind);
  repo.subscribe((event) => heard.push(event));
  return { repo, heard };
}

export function changesOf(files: Files): readonly { readonly path: string; readonly content: string | null }[] {
  return Object.entries(files).map(([path, content]) => ({ path, content }));
}

export function commit(repo: SharedRepository, branch: string, files: Files): string {
  return repo.commit({ branch, author: DEV, message: 'work\n', changes: changesOf(files) }).kind;
}

export function textAt(repo: SharedRepository, at: string, path: string): string {
  const read = repo.read(at, path);
  return read.kind === 'found' ? Buffer.from(read.bytes).toString() : read.kind;
}
