// A remote that is a folder: what its files tell without a question, what they do not, and that git is asked then.
import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fetcher } from '../../src/adapter/git/fetch.ts';
import { openFolderStore } from '../../src/adapter/git/folder-store.ts';
import { openMirror } from '../../src/adapter/git/mirror.ts';
import { openReader } from '../../src/adapter/git/read.ts';
import { openRemote } from '../../src/adapter/git/remote.ts';
import type { Oid } from '../../src/merge/branch.ts';
import { MAIN, land, ref, world, type World } from './world.ts';

let w: World;
beforeEach(async () => {
  w = await world();
});
afterEach(() => w.close());

const file = (oid: string): string => join(w.remote.bare, 'objects', oid.slice(0, 2), oid.slice(2));

describe('the folder of a repository', () => {
  it('tells where a branch is, and what lies by itself', async () => {
    const tip = await w.agent('feature/a');
    const store = openFolderStore(w.remote.bare);
    expect(store.head(ref('feature/a'))).toBe(tip);
    expect(store.object(tip)).toEqual({ kind: 'commit', body: Buffer.from(`${await w.remote.git(['cat-file', 'commit', tip])}\n`) });
  });

  it('is found below a working tree, and not where that lies elsewhere', () => {
    const outer = w.note('tree');
    mkdirSync(outer);
    renameSync(w.remote.bare, join(outer, '.git'));
    expect(openFolderStore(outer).head(MAIN)).toMatch(/^[0-9a-f]{40}$/);
    renameSync(join(outer, '.git'), w.remote.bare);
    writeFileSync(join(outer, '.git'), `gitdir: ${w.remote.bare}\n`);
    expect(openFolderStore(outer).head(MAIN)).toBeNull();
  });

  it.each(['shallow', 'commondir'])('does not tell its history where there is a file %s', (name) => {
    writeFileSync(join(w.remote.bare, name), '');
    expect(openFolderStore(w.remote.bare).head(MAIN)).toBeNull();
  });

  it('says nothing of a branch that is packed, another name, or not there', async () => {
    await w.agent('feature/a');
    await w.remote.git(['symbolic-ref', 'refs/heads/feature/b', 'refs/heads/main']);
    await w.remote.git(['pack-refs', '--all', '--prune']);
    const store = openFolderStore(w.remote.bare);
    expect(['feature/a', 'feature/b', 'feature/none'].map((name) => store.head(ref(name)))).toEqual([null, null, null]);
  });

  it('says nothing of an object that is damaged, cut off, another one, huge or packed', async () => {
    const store = openFolderStore(w.remote.bare);
    const tip = await w.agent('feature/a');
    const other = await w.agent('feature/b');
    const damage = (how: () => void): unknown => {
      rmSync(file(tip), { force: true });
      how();
      return store.object(tip);
    };
    const huge = w.remote.object('blob', Buffer.alloc(2 * 1024 * 1024));
    expect(damage(() => renameSync(file(other), file(tip)))).toBeNull();
    expect(damage(() => writeFileSync(file(tip), 'no zlib'))).toBeNull();
    expect(damage(() => writeFileSync(file(tip), ''))).toBeNull();
    expect(damage(() => undefined)).toBeNull();
    expect(store.object(huge)).toBeNull();
  });
});

it('never waits for a pipe in the place of a branch', () => {
  execFileSync('mkfifo', [join(w.remote.bare, 'refs/heads/pipe')]);
  expect(openFolderStore(w.remote.bare).head(ref('pipe'))).toBeNull();
});

describe('a fetch from a folder', () => {
  /** Maestro's mirror of it, filled once, that may ask nobody from then on. */
  async function alone(): Promise<{ readonly fetch: (names: readonly string[]) => Promise<(Oid | null | undefined)[]>; readonly reads: (oid: string) => Promise<boolean>; readonly close: () => Promise<void> }> {
    const mirror = await openMirror(w.note('alone'), w.remote.bare);
    const reader = openReader(mirror.git);
    await openRemote(mirror, reader).fetch([MAIN]);
    const remote = openRemote({ ...mirror, wire: null, reach: () => Promise.reject(new Error('somebody was asked')) }, reader);
    return {
      fetch: async (names) => {
        const found = await remote.fetch(names.map((name) => ref(name)));
        return names.map((name) => found.get(ref(name)));
      },
      reads: async (oid) => await reader.commit(oid as Oid) !== null,
      close: async () => {
        mirror.close();
        await reader.close();
      },
    };
  }

  it('that was pushed a moment ago asks nobody, and what is brought is whole', async () => {
    const mirror = await alone();
    const [a, b] = [await w.agent('feature/a'), await w.agent('feature/b')];
    const c = await w.remote.commit({ 'deep/er/file.txt': 'c\n' }, 'c', { branch: 'feature/c', parents: [a, b] });
    expect(await mirror.fetch(['main', 'feature/c'])).toEqual([await w.tip(), c]);
    expect(await mirror.reads(b)).toBe(true);
    await mirror.close();
  });

  it('keeps nothing of a tree that no checkout may have', async () => {
    const mirror = await alone();
    const blob = w.remote.object('blob', Buffer.from('x'));
    const evil = w.remote.commitTree(w.remote.tree([{ mode: '40000', name: '.git', oid: w.remote.tree([{ mode: '100644', name: 'config', oid: blob }]) }]), 'evil', [await w.tip() as Oid]);
    w.remote.branch('feature/evil', evil);
    await expect(mirror.fetch(['feature/evil'])).rejects.toThrow('somebody was asked');
    expect(await mirror.reads(evil)).toBe(false);
    await mirror.close();
  });

  it('leaves a commit of very many parents to git, and all others get through', async () => {
    await w.git.fetch([MAIN]);
    const main = await w.tip() as Oid;
    const parents = await Promise.all(Array.from({ length: 12 }, (_, at) => w.remote.commit({ [`p${at}`]: 'p\n' }, `p${at}`, { parents: [main] })));
    const many = await w.remote.commit({ many: 'x\n' }, 'many', { branch: 'feature/many', parents });
    const same = w.remote.commitTree(await w.remote.git(['rev-parse', `${main}^{tree}`]), 'same', Array.from({ length: 20_001 }, () => main));
    w.remote.branch('feature/same', same);
    expect(await w.git.fetch([MAIN, ref('feature/many'), ref('feature/same')])).toEqual(new Map([[MAIN, main], [ref('feature/many'), many], [ref('feature/same'), same]]));
  });

  it('asks git for what is packed, and takes a file that came after', async () => {
    await w.git.fetch([MAIN]);
    const [a, b] = [await w.agent('feature/a'), await w.agent('feature/b')];
    await w.remote.git(['gc', '-q', '--prune=now']);
    expect(await w.git.fetch([MAIN, ref('feature/a'), ref('feature/b')])).toEqual(new Map([[MAIN, await w.tip()], [ref('feature/a'), a], [ref('feature/b'), b]]));
    const later = await w.agent('feature/a', b);
    expect(await w.git.fetch([ref('feature/a')])).toEqual(new Map([[ref('feature/a'), later]]));
  });

  it('asks git where a file is missing on the way, and says what git says', async () => {
    await w.git.fetch([MAIN]);
    const tip = await w.agent('feature/a');
    rmSync(file(await w.remote.git(['rev-parse', `${tip}:feature-a.txt`])));
    await expect(w.git.fetch([ref('feature/a')])).rejects.toThrow('repository corruption on the remote side');
  });
});

it('a mirror that began again brings what it had before', async () => {
  const tip = await w.agent('feature/a');
  const mirror = await openMirror(w.note('again'), w.remote.bare);
  const reader = openReader(mirror.git);
  const fetcher = new Fetcher(mirror, reader);
  await fetcher.fetch([MAIN, ref('feature/a')]);
  expect(await reader.commit(tip)).not.toBeNull();
  fetcher.startAgain('sha1');
  await fetcher.fetch([MAIN]);
  expect(await fetcher.fetch([ref('feature/a')])).toEqual(new Map([[ref('feature/a'), tip]]));
  expect((await mirror.git.run(['cat-file', '-e', tip])).code).toBe(0);
  mirror.close();
  await reader.close();
});

it('a push of what the remote turns out to lack goes by git', async () => {
  await w.agent('feature/first');
  expect(await land(w.git, await w.plan(['feature/first']))).toEqual({ kind: 'landed' });
  await w.agent('feature/a');
  const plan = await w.plan(['feature/a']);
  await w.remote.git(['update-ref', '-d', 'refs/heads/feature/a']);
  await w.remote.git(['gc', '-q', '--prune=now']);
  expect(await land(w.git, plan)).toEqual({ kind: 'landed' });
  expect(await w.remote.git(['fsck', '--strict', '--connectivity-only'])).not.toContain('missing');
});
