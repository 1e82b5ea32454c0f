// What a small push consists of, against git's own walk: never less, and nothing where it is much.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gather } from '../../src/adapter/git/gather.ts';
import { sidesOfPush } from '../../src/adapter/git/push.ts';
import { openReader, type Reader } from '../../src/adapter/git/read.ts';
import { objectId } from '../../src/engine/object/id.ts';
import type { Oid } from '../../src/merge/branch.ts';
import { Random } from '../harness/random.ts';
import { repository, type Files, type Repository } from '../harness/repository.ts';

const ENOUGH = 1024 * 1024;

let r: Repository;
let reader: Reader;
beforeAll(async () => {
  r = await repository();
  reader = openReader(r.runner);
});
afterAll(async () => {
  await reader.close();
  r.dispose();
});

async function gathered(tips: readonly Oid[], there: readonly Oid[], bytesMax = ENOUGH): Promise<readonly string[] | null> {
  const objects = await gather(tips, sidesOfPush(reader, there, ENOUGH), bytesMax);
  return objects?.map(({ kind, body }) => objectId(kind, body)) ?? null;
}

const listed = async (tips: readonly Oid[], there: readonly Oid[]): Promise<readonly string[]> =>
  (await r.git(['rev-list', '--objects', ...tips, ...there.map((oid) => `^${oid}`)])).split('\n').map((line) => line.slice(0, 40)).filter((oid) => oid !== '');

describe('what a small push consists of', () => {
  it('a commit, the folders on the way to its change, and the change', async () => {
    const base = await r.commit({ 'a/b/c.txt': '1\n', 'a/d.txt': '2\n', 'e/f.txt': '3\n' }, 'base');
    const tip = await r.commit({ 'a/b/c.txt': 'new\n' }, 'tip', { parents: [base] });
    expect((await gathered([tip], [base]))?.toSorted()).toEqual((await listed([tip], [base])).toSorted());
    expect(await gathered([tip], [base])).toHaveLength(5);
  });

  it('never less than git would send, in random histories with merges, moves and submodules', async () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const draw = new Random(seed);
      const commits = [await r.commit({ 'x/1': `${seed}\n`, 'x/y/2': 'two\n', '3': 'three\n' }, `base ${seed}`)];
      for (let at = 0; at < 8; at += 1) {
        const parents = [...new Set([draw.pick(commits), ...draw.chance(0.3) ? [draw.pick(commits)] : []])];
        const file = draw.pick(['x/1', 'x/y/2', 'x/y/z/4', '3', 'w/5']);
        const files: Files = draw.chance(0.15) ? { 'x/y': null, moved: { mode: '160000', oid: commits[0]! } } : { [file]: draw.pick(['two\n', 'three\n', `${seed} ${at}\n`]) };
        commits.push(await r.commit(files, `commit ${at}`, { parents }));
      }
      const there = [draw.pick(commits), draw.pick(commits)];
      const tip = commits.at(-1)!;
      const found = await gathered([tip], there);
      // A commit over there that only another one leads to is not known to be there: more is sent then, not less.
      expect(found, `seed ${seed}`).toEqual(expect.arrayContaining([...await listed([tip], there)]));
    }
  }, 60_000);

  it('a tag, and what it stands for', async () => {
    const base = await r.commit({ a: 'a\n' }, 'tagged');
    const tip = await r.commit({ a: 'b\n' }, 'tagged too', { parents: [base] });
    const tag = await r.git(['mktag'], `object ${tip}\ntype commit\ntag t\ntagger A <a@example.org> 1767225600 +0000\n\nt\n`) as Oid;
    expect((await gathered([tag], [base]))?.toSorted()).toEqual([tag, ...await listed([tip], [base])].toSorted());
    expect(await gathered([tag], [tip])).toEqual([tag]);
  });

  it('nothing where it is too much, or where something is missing', async () => {
    const base = await r.commit({ a: 'a\n' }, 'small');
    const long = await r.commit({ a: 'x'.repeat(5000) }, 'long', { parents: [base] });
    expect(await gathered([long], [base], 4000)).toBeNull();
    const many = await r.commit(Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`many/${at}`, `${at} of many\n`])), 'many', { parents: [base] });
    expect(await gathered([many], [base])).toBeNull();
    const broken = r.commitTree(r.tree([{ mode: '100644', name: 'gone', oid: '1'.repeat(40) }]), 'broken', [base]);
    expect(await gathered([broken], [base])).toBeNull();
  });
});
