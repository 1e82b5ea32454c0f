// A few branches brought in without git's own fetch: by a look into the remote's folder, or a question over the wire. null: git has to do it. Writes objects, no ref.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildPack } from '../../engine/object/pack.ts';
import type { Oid, RefName } from '../../merge/branch.ts';
import { STRICT } from './flaw.ts';
import type { FolderStore } from './folder-store.ts';
import { gather, knownIn, type Sides } from './gather.ts';
import type { Mirror } from './mirror.ts';
import type { Reader } from './read.ts';

/** What of the mirror's own objects has to be known for it. */
export type Known = Pick<Reader, 'commit' | 'info' | 'tree'>;
type Heads = ReadonlyMap<RefName, Oid>;

const LOOKED_BYTES_MAX = 4 * 1024 * 1024;

/** Where these are, once what leads there is kept: what was pushed to a folder a moment ago lies there in files of its own. What `reader` knows is not brought again. */
export async function look(mirror: Mirror, reader: Known, refs: readonly RefName[]): Promise<Heads | null> {
  const { folder } = mirror;
  if (folder === null) return null;
  const heads = new Map(refs.flatMap((ref) => {
    const oid = folder.head(ref);
    return oid === null ? [] : [[ref, oid] as const];
  }));
  if (heads.size < refs.length) return null;
  const fresh = await missing(reader, heads.values());
  if (fresh.length === 0) return heads;
  if (fresh.some((oid) => folder.object(oid) === null)) return null;
  const isKept = await keep(mirror, async () => {
    const objects = await gather(fresh, sidesOf(folder, reader), LOOKED_BYTES_MAX);
    return objects === null ? null : buildPack(objects);
  });
  return isKept && (await missing(reader, fresh)).length === 0 ? heads : null;
}

/** The same; a branch that the remote does not have is left out. `haves`: where branches were, all of it in the mirror. */
export async function ask(mirror: Mirror, reader: Known, refs: readonly RefName[], haves: readonly Oid[]): Promise<Heads | null> {
  const heads = await mirror.wire?.pull(refs, haves, (pack) => keep(mirror, pack)) ?? null;
  const fresh = [...heads?.values() ?? []].filter((oid) => !haves.includes(oid));
  return (await missing(reader, fresh)).length === 0 ? heads : null;
}

function sidesOf(folder: FolderStore, reader: Known): Sides {
  return {
    isKnown: async (commit) => await reader.commit(commit) !== null,
    // What does not lie by itself over there may be here: then all that it leads to is, for nothing is kept without that.
    meet: async (oid) => folder.object(oid) ?? (await reader.info(oid) === null ? null : 'known'),
    ...knownIn(reader),
  };
}

async function missing(reader: Known, commits: Iterable<Oid>): Promise<readonly Oid[]> {
  const found = await Promise.all([...new Set(commits)].map(async (oid) => ({ oid, commit: await reader.commit(oid) })));
  return found.flatMap(({ oid, commit }) => commit === null ? [oid] : []);
}

/** Git gets ready to look at the pack while it is still on its way; where none comes it gets an empty one, for one that is killed leaves files behind. */
async function keep(mirror: Mirror, pack: () => Promise<Buffer | null>): Promise<boolean> {
  let isNothing = false;
  const input = async (): Promise<Buffer> => {
    const bytes = await pack();
    isNothing = bytes === null;
    return bytes ?? buildPack([]);
  };
  const { code, stdout } = await mirror.git.run(['index-pack', '--stdin', '--fix-thin', STRICT], { input });
  // Some of what git minds it sees only when the pack is there already.
  if (isNothing || code !== 0) dropPack(mirror, stdout.toString('latin1'));
  return code === 0;
}

/** `said`: what index-pack printed of it. */
function dropPack({ directory }: Mirror, said: string): void {
  const [, name] = /^(?:pack|keep)\t([0-9a-f]+)$/m.exec(said) ?? [];
  if (name !== undefined) for (const kind of ['pack', 'idx', 'rev']) rmSync(join(directory, 'objects/pack', `pack-${name}.${kind}`), { force: true });
}
