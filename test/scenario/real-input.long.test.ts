// Bad input at the door, with real git: a clear word, and nothing lost.
import { execFileSync } from 'node:child_process';
import { chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findPlace } from '../../src/adapter/local/place.ts';
import { openMaestro } from '../../src/compose.ts';
import { repository } from '../harness/repository.ts';
import { entry, gateConfig, scene } from './scene.ts';

const quiet = { patient: false, onEvents: () => undefined, onTrouble: () => undefined, onFatal: () => undefined };

function git(cwd: string, ...args: readonly string[]): string {
  return execFileSync('git', [...args], { cwd, encoding: 'utf8', stdio: 'pipe' });
}

describe('where it is started', () => {
  test('a folder that is no repository is refused by name', async () => {
    const on = await scene();
    const plain = join(on.folder, 'plain');
    mkdirSync(plain);
    await expect(openMaestro({ ...quiet, repo: plain, state: null })).rejects.toMatchObject({ code: 'not-a-repository', next: expect.stringContaining('--repo') });
    await expect(openMaestro({ ...quiet, repo: join(on.folder, 'nowhere'), state: null })).rejects.toMatchObject({ code: 'not-a-repository' });
  });

  test.runIf(process.geteuid?.() === 0)('a repository of another user is called that, with the command that helps', async () => {
    const on = await scene();
    chownSync(on.remote.bare, 65534, 65534);
    await expect(openMaestro({ ...quiet, repo: on.remote.bare, state: null })).rejects.toMatchObject({ message: expect.stringContaining('another user'), next: expect.stringContaining('safe.directory') });
  });

  test('a clone without a remote is refused, with the command that helps', async () => {
    const on = await scene();
    git(on.folder, 'init', '-q', 'lonely');
    await expect(openMaestro({ ...quiet, repo: join(on.folder, 'lonely'), state: null })).rejects.toMatchObject({ code: 'no-remote', next: expect.stringContaining('git remote add') });
  });

  test('a remote without a commit is refused', async () => {
    const empty = await repository();
    const on = await scene();
    await expect(openMaestro({ ...quiet, repo: empty.bare, state: on.state })).rejects.toMatchObject({ code: 'no-commits', next: expect.stringContaining('push') });
    empty.dispose();
  });

  test.each(['detached', 'unborn'])('a clone with %s HEAD serves as well as any: only its remote counts', async (head) => {
    const on = await scene();
    const clone = on.clone('clone');
    if (head === 'detached') git(clone, 'checkout', '-q', '--detach');
    else git(clone, 'symbolic-ref', 'HEAD', 'refs/heads/nothing-here');
    await on.ready('feature/a', { 'b.txt': 'b\n' });
    const maestro = await openMaestro({ ...quiet, repo: clone, state: null });
    await maestro.service.drained();
    await maestro.close();
    expect(await on.read('b.txt')).toBe('b');
    expect((await findPlace(clone, null)).clone).toBe(clone);
  });
});

describe('what a branch may hold', () => {
  test('an empty marked commit lands as a merge that changes nothing, and its certificate and story say so', async () => {
    const on = await scene();
    await on.ready('feature/empty', {});
    const { control } = await on.start();
    const landed = await on.reaches('feature/empty', 'landed');
    expect(landed.phase.candidate.paths).toEqual([]);
    expect(await on.merged()).toEqual([landed.tip]);
    expect(JSON.parse(await control.certificate(landed.id))).toMatchObject({ note: 'it changes nothing in the target', pathCount: 0 });
    expect((await control.explain(landed.id)).story.map(({ text }) => text)).toContainEqual(expect.stringContaining('it changes nothing in the target'));
  });

  test('a branch that is in already is said to be', async () => {
    const on = await scene();
    const work = await on.quietly('main', { 'b.txt': 'b\n' }, { message: 'by hand\n\nREADY_TO_MERGE' });
    on.remote.branch('feature/in', work);
    await on.start();
    expect((await on.reaches('feature/in', 'rejected')).phase.reason).toMatchObject({ code: 'already-contained' });
    expect(await on.tip()).toBe(work);
  });

  test('the same tip on two branches: both are told, the work is in once', async () => {
    const on = await scene();
    const tip = await on.ready('feature/one', { 'b.txt': 'b\n' });
    on.remote.branch('feature/two', tip);
    await on.start();
    await on.until('both closed', () => ['feature/one', 'feature/two'].every((branch) => ['landed', 'rejected'].includes(on.request(branch)?.phase.state ?? '')));
    expect(await on.remote.git(['rev-list', '--count', '--no-merges', 'main'])).toBe('2');
    expect(await on.remote.git(['rev-parse', 'main^{tree}'])).toBe(await on.remote.git(['rev-parse', `${tip}^{tree}`]));
  });

  test('a branch of another history is refused, the target untouched', async () => {
    const on = await scene();
    await on.ready('feature/alien', { 'b.txt': 'b\n' }, { parents: [], keep: false });
    await on.start();
    expect((await on.reaches('feature/alien', 'rejected')).phase.reason).toMatchObject({ code: 'unrelated-histories' });
    expect(await on.tip()).toBe(on.base);
  });

  test('a tree git would not check out is refused with its words', async () => {
    const on = await scene();
    const blob = on.remote.object('blob', Buffer.from('x'));
    const inner = on.remote.tree([{ mode: '100644', name: 'config', oid: blob }]);
    const tree = on.remote.tree([{ mode: '40000', name: '.git', oid: inner }]);
    on.remote.branch('feature/evil', on.remote.commitTree(tree, 'evil\n\nREADY_TO_MERGE', [on.base]));
    await on.ready('feature/good', { 'b.txt': 'b\n' });
    await on.start();
    await on.landed('feature/good');
    expect(await on.read('.git/config')).toBeNull();
    expect((await on.reaches('feature/evil', 'rejected')).phase.reason).toMatchObject({ code: 'unsafe-content', detail: expect.stringContaining('hasDotgit') });
  });

  test('a target git would not check out stands still and says why', async () => {
    const on = await scene();
    await on.start();
    await on.ready('feature/a', { 'b.txt': 'b\n' });
    await on.landed('feature/a');
    const tree = on.remote.tree([{ mode: '100644', name: '.git', oid: on.remote.object('blob', Buffer.from('x')) }]);
    on.remote.branch('main', on.remote.commitTree(tree, 'evil', [await on.tip()]));
    on.hint('main');
    expect(await on.until('the alarm', () => on.lane()?.alarm)).toMatchObject({ kind: 'unfetchable', detail: expect.stringContaining('hasDotgit') });
  });

  test('an executable, a symlink and odd bytes land as they are', async () => {
    const on = await scene();
    await on.ready('feature/odd', { 'run.sh': entry('100755', '#!/bin/sh\n'), link: entry('120000', 'a.txt'), 'crlf.txt': 'a\r\nb', 'nul.bin': Buffer.from([0, 255, 10]), 'süß \n.txt': 'x' });
    await on.start();
    const { tip } = await on.reaches('feature/odd', 'landed');
    expect(await on.remote.git(['rev-parse', 'main^{tree}'])).toBe(await on.remote.git(['rev-parse', `${tip}^{tree}`]));
  });
});

describe('the config on the target', () => {
  test('broken at the start: said with its line, nothing lands, a push that mends it goes on', async () => {
    const on = await scene({ config: 'version: 1\ntargets:\n  - target: main\n    gatee: "true"\n' });
    await on.ready('feature/a', { 'b.txt': 'b\n' });
    await on.start();
    const alarm = await on.until('the alarm', () => on.lane()?.alarm);
    expect(alarm).toMatchObject({ kind: 'config-broken', detail: expect.stringMatching(/maestro\.yml:4.*gatee.*gate/s) });
    expect(await on.tip()).toBe(on.base);
    await on.quietly('main', { '.github/maestro.yml': gateConfig('true') });
    on.hint('main');
    await on.landed('feature/a');
  });

  test.each([
    ['larger than 64 KiB', { '.github/maestro.yml': `${gateConfig('false')}${'# long\n'.repeat(10_000)}` }],
    ['not a file', { '.github/maestro.yml/x': 'x' }],
  ])('that is %s is broken, not absent: nothing lands without its gate', async (why, files) => {
    const on = await scene();
    await on.quietly('main', files);
    await on.ready('feature/a', { 'b.txt': 'b\n' });
    await on.start();
    expect(await on.until('the alarm', () => on.lane()?.alarm)).toMatchObject({ kind: 'config-broken', detail: expect.stringContaining(why) });
  });

  test('broken later: the last good one stays in force', async () => {
    const on = await scene({ config: gateConfig('! grep -rq BROKEN --include=*.txt .') });
    await on.start();
    await on.ready('feature/a', { 'b.txt': 'b\n' });
    await on.landed('feature/a');
    await on.quietly('main', { '.github/maestro.yml': 'version: 1\ntargets: [' });
    on.hint('main');
    await on.ready('feature/bad', { 'c.txt': 'BROKEN\n' });
    await on.ready('feature/good', { 'd.txt': 'd\n' });
    await on.landed('feature/good');
    expect((await on.reaches('feature/bad', 'rejected')).phase.reason).toMatchObject({ code: 'gate-failed' });
  });
});
