// Seeing and fetching what a remote has, also when some of it is bad, gone, or the mirror itself is.
import { chownSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fetcher, inRef } from '../../src/adapter/git/fetch.ts';
import { openMirror } from '../../src/adapter/git/mirror.ts';
import { openRemote } from '../../src/adapter/git/remote.ts';
import { parseBranch } from '../../src/merge/branch.ts';
import type { RefName } from '../../src/merge/branch.ts';
import { MAIN, land, ref, world } from './world.ts';
import type { World } from './world.ts';

let w: World;
beforeEach(async () => {
  w = await world();
});
afterEach(() => w.close());

/** A branch whose tree git's own checks refuse. */
function poison(name: string): void {
  const blob = w.remote.object('blob', Buffer.from('x\n'));
  const tree = w.remote.tree([{ mode: '100644', name: '.git', oid: blob }]);
  w.remote.branch(name, w.remote.commitTree(tree, 'READY_TO_MERGE'));
}

describe('looking', () => {
  it('names every branch and what HEAD points to', async () => {
    const a = await w.agent('feature/a');
    expect(await w.git.remoteHeads()).toEqual(new Map([['refs/heads/feature/a', a], ['refs/heads/main', await w.tip()]]));
    expect(await w.git.defaultBranch()).toBe('refs/heads/main');
  });

  it('passes on names nobody would accept as they are, and never as anything but a name', async () => {
    const tip = await w.agent('feature/a');
    await w.remote.git(['update-ref', 'refs/heads/+main', tip]);
    await w.remote.git(['update-ref', 'refs/heads/$(touch x)', tip]).catch(() => undefined);
    const heads = await w.git.remoteHeads();
    expect(heads.get('refs/heads/+main')).toBe(tip);
    expect(parseBranch('refs/heads/+main').ok).toBe(false);
  });

  it('knows a new default branch once the old one is gone', async () => {
    await w.git.remoteHeads();
    await w.remote.git(['branch', '-m', 'main', 'trunk']);
    await w.git.remoteHeads();
    expect(await w.git.defaultBranch()).toBe('refs/heads/trunk');
  });

  it.each(['could not read Username for \'https://x\'', 'Authentication failed for \'https://x\''])('without credentials names what helps: %s', async (words) => {
    const mirror = await openMirror(join(w.state, 'other.git'), w.remote.bare);
    const mute = openRemote({ ...mirror, wire: null, reach: () => Promise.resolve({ code: 128, stdout: Buffer.from(''), stderr: `fatal: ${words}` }) });
    await expect(mute.heads()).rejects.toMatchObject({ code: 'unreachable', next: expect.stringContaining('credential helper') });
  });

  it('relates two commits', async () => {
    const main = (await w.git.fetch([MAIN])).get(MAIN)!;
    const [a, b] = [await w.agent('a'), await w.agent('b')];
    await w.git.fetch([ref('a'), ref('b')]);
    const relations = await Promise.all([w.git.relation(a, a), w.git.relation(main, a), w.git.relation(a, main), w.git.relation(a, b)]);
    expect(relations).toEqual(['same', 'forward', 'rewound', 'diverged']);
  });
});

describe('fetching', () => {
  it('brings many branches in one call, and maps those that are gone to null', async () => {
    const names = Array.from({ length: 50 }, (_, at) => `feature/n${at}`);
    for (const name of names) await w.agent(name);
    const tips = await w.git.fetch([...names, 'feature/gone', 'feature/gone-too'].map((name) => ref(name)));
    expect([...tips.values()].filter((oid) => oid !== null)).toHaveLength(50);
    expect(tips.get(ref('feature/gone'))).toBe(null);
    expect((await w.git.commit(tips.get(ref('feature/n49'))!))?.message).toBe('feature/n49 READY_TO_MERGE\n');
  });

  it('stays quick and complete over many small fetches', async () => {
    for (let at = 0; at < 45; at += 1) {
      const tip = await w.agent(`feature/n${at}`);
      expect((await w.git.fetch([ref(`feature/n${at}`)])).get(ref(`feature/n${at}`))).toBe(tip);
    }
    expect(readdirSync(join(w.git.mirror, 'objects/pack')).filter((name) => name.endsWith('.pack')).length).toBeLessThan(40);
    expect(await w.git.commit(await w.tip('feature/n0') as never)).not.toBe(null);
  });

  it('takes a branch whose name was a folder before, and names that differ only in case', async () => {
    const first = await w.agent('feature');
    await w.git.fetch([ref('feature')]);
    await w.remote.git(['update-ref', '-d', 'refs/heads/feature']);
    const second = await w.agent('feature/x');
    const tips = await w.git.fetch([ref('feature'), ref('feature/x')]);
    expect([first === second, tips.get(ref('feature')), tips.get(ref('feature/x'))]).toEqual([false, null, second]);
    const [upper, lower] = [await w.agent('Team/a'), await w.agent('team/a')];
    expect([...(await w.git.fetch([ref('Team/a'), ref('team/a')])).values()]).toEqual([upper, lower]);
  });

  it('follows a branch that was force-pushed', async () => {
    await w.agent('feature/a');
    await w.git.fetch([ref('feature/a')]);
    const again = await w.remote.commit({ other: 'x' }, 'again', { branch: 'feature/a', parents: [] });
    expect((await w.git.fetch([ref('feature/a')])).get(ref('feature/a'))).toBe(again);
  });

  it('is not disturbed by what a landing notes about the same branch meanwhile', async () => {
    const tip = await w.agent('feature/a');
    const mirror = await openMirror(join(w.state, 'other.git'), w.remote.bare);
    const during: unknown[] = [];
    const fetcher: Fetcher = new Fetcher({ ...mirror, reach: async (args, call) => {
      fetcher.note(MAIN, tip);
      const result = await mirror.reach(args, call);
      during.push(mirror.readRef(inRef(MAIN)));
      return result;
    } });
    expect((await fetcher.fetch([MAIN])).get(MAIN)).toBe(await w.tip());
    await fetcher.fetch([]);
    expect(during).toEqual([null]);
    expect(mirror.readRef(inRef(MAIN))).toBe(tip);
  });

  it('asks for thousands of branches in portions, and misses none', async () => {
    const tip = await w.tip();
    const names = Array.from({ length: 1201 }, (_, at) => `many/${at}`);
    writeFileSync(join(w.remote.bare, 'packed-refs'), `# pack-refs with: peeled fully-peeled sorted \n${names.map((name) => `${tip} refs/heads/${name}`).toSorted((a, b) => a < b ? -1 : 1).join('\n')}\n`);
    const mirror = await openMirror(join(w.state, 'other.git'), w.remote.bare);
    const portions: number[] = [];
    const fetcher = new Fetcher({ ...mirror, reach: (args, call) => {
      portions.push(String(call?.input).split('\n').length - 1);
      return mirror.reach(args, call);
    } });
    expect(new Set((await fetcher.fetch(names.map((name) => ref(name)))).values())).toEqual(new Set([tip]));
    expect(portions).toEqual([500, 500, 201]);
  });

  it('keeps nothing of a remote that is a shallow clone, and says so', async () => {
    await w.remote.commit({ other: 'x' }, 'second', { branch: 'main' });
    const shallow = w.note('shallow.git');
    await w.remote.git(['-c', 'protocol.file.allow=always', 'clone', '-q', '--bare', '--depth=1', `file://${w.remote.bare}`, shallow]);
    const fetcher = new Fetcher(await openMirror(join(w.state, 'other.git'), shallow));
    expect(await fetcher.fetch([MAIN])).toEqual(new Map());
    expect(fetcher.refused.get(MAIN)).toMatchObject({ why: expect.stringContaining('shallow') as string });
  });

  it('reads from git\'s own note what was fetched, and leaves none behind', async () => {
    const names = ['of/a.b-c_d', 'branch', 'main2'];
    const tips = [];
    for (const name of names) tips.push(await w.agent(name));
    const mirror = await openMirror(join(w.state, 'other.git'), w.remote.bare);
    const found = await new Fetcher(mirror).fetch([MAIN, ...names.map((name) => ref(name))]);
    expect([...found.values()]).toEqual([await w.tip(), ...tips]);
    expect(readdirSync(mirror.directory)).not.toContain('FETCH_HEAD');
  });

  it.each(['refs/heads/+main', 'refs/heads/a:b', '--upload-pack=x', 'refs/heads/a\nb', 'refs/heads/*', 'main'])('never hands %j to git', async (name) => {
    await expect(w.git.fetch([name as RefName])).rejects.toMatchObject({ code: 'internal' });
  });
});

describe('bad content', () => {
  it('of one branch is refused with a reason and blocks no other', async () => {
    const names = ['feature/a', 'feature/b', 'feature/c', 'feature/d', 'feature/e'];
    for (const name of names) await w.agent(name);
    poison('feature/bad');
    const tips = await w.git.fetch([...names, 'feature/bad', 'main'].map((name) => ref(name)));
    expect([...tips.keys()].toSorted()).toEqual([...names, 'main'].map((name) => ref(name)));
    expect(w.git.refused.get(ref('feature/bad'))).toEqual({ tip: await w.tip('feature/bad'), why: expect.stringMatching(/hasDotgit/) });
  });

  it('is forgotten once the branch is clean again', async () => {
    poison('feature/bad');
    await w.git.fetch([ref('feature/bad')]);
    const good = await w.agent('feature/bad');
    expect((await w.git.fetch([ref('feature/bad'), MAIN])).get(ref('feature/bad'))).toBe(good);
    expect(w.git.refused.size).toBe(0);
  });

  it('that only old tools wrote is taken', async () => {
    const blob = w.remote.object('blob', Buffer.from('x\n'));
    const inner = w.remote.tree([{ mode: '100644', name: 'f', oid: blob }]);
    const tree = w.remote.tree([{ mode: '040000', name: 'd', oid: inner }]);
    const old = w.remote.branch('feature/old', w.remote.commitTree(tree, 'x'));
    expect((await w.git.fetch([ref('feature/old')])).get(ref('feature/old'))).toBe(old);
  });

  it('put in place of good content by refs/replace is not seen', async () => {
    const [shown, hidden] = [await w.agent('feature/a'), await w.agent('feature/b')];
    await w.remote.git(['replace', shown, hidden]);
    await w.git.fetch([ref('feature/a')]);
    expect((await w.git.commit(shown))?.message).toBe('feature/a READY_TO_MERGE\n');
    expect(await w.git.file(shown, 'feature-b.txt', 100)).toEqual({ kind: 'absent' });
  });
});

describe('a mirror', () => {
  it('whose objects are gone starts again by itself', async () => {
    await w.agent('feature/a');
    await w.git.fetch([MAIN, ref('feature/a')]);
    await w.git.close();
    rmSync(join(w.git.mirror, 'objects/pack'), { recursive: true });
    const again = await w.another(w.state);
    const plan = await w.plan(['feature/a'], again);
    expect(await land(again, plan)).toEqual({ kind: 'landed' });
  });

  it('that is no repository any more starts again by itself', async () => {
    await w.git.fetch([MAIN]);
    await w.git.close();
    writeFileSync(join(w.git.mirror, 'config'), '[core');
    expect((await (await w.another(w.state)).fetch([MAIN])).get(MAIN)).toBe(await w.tip());
  });

  it('that breaks under a running Maestro starts again by itself', async () => {
    const main = await w.tip();
    await w.git.fetch([MAIN]);
    await w.agent('feature/a');
    for (const name of readdirSync(join(w.git.mirror, 'objects/pack'))) rmSync(join(w.git.mirror, 'objects/pack', name));
    expect([...(await w.git.fetch([MAIN, ref('feature/a')])).values()]).toEqual([main, await w.tip('feature/a')]);
    expect((await w.git.commit(main as never))?.message).toBe('first\n');
  });

  it('speaks SHA-256 where the remote does', async () => {
    await w.close();
    w = await world({ format: 'sha256' });
    await w.git.remoteHeads();
    await w.agent('feature/a');
    const plan = await w.plan(['feature/a']);
    expect(await land(w.git, plan)).toEqual({ kind: 'landed' });
    expect(plan.intent.new).toHaveLength(64);
  });

  it.runIf(process.geteuid?.() === 0)('reaches a remote folder that another user owns', async () => {
    chownSync(w.remote.bare, 65534, 65534);
    await w.agent('feature/a');
    expect(await land(w.git, await w.plan(['feature/a']))).toEqual({ kind: 'landed' });
  });
});
