// Landing on a real remote: what every answer of the remote is taken for.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { land as landAt } from '../../src/adapter/git/land.ts';
import type { Oid } from '../../src/merge/branch.ts';
import { MAIN, land, ref, world } from './world.ts';
import type { World } from './world.ts';

let w: World;
beforeEach(async () => {
  w = await world();
});
afterEach(() => w.close());

describe('a landing that goes through', () => {
  it('moves the target and leaves a certificate for every merge, in one push', async () => {
    await w.agent('feature/a');
    await w.agent('feature/b');
    const plan = await w.plan(['feature/a', 'feature/b']);
    expect(await land(w.git, plan)).toEqual({ kind: 'landed' });
    expect(await w.tip()).toBe(plan.intent.new);
    expect(await w.remote.git(['log', '--first-parent', '--format=%s', 'main'])).toBe('Merge feature/b into main\nMerge feature/a into main\nfirst');
    for (const { id, commit, certificate } of plan.landings) {
      expect(await w.remote.git(['rev-parse', `refs/maestro/merge/${id}^{commit}`])).toBe(commit);
      expect(JSON.parse(await w.git.certificate(id, commit))).toMatchObject(JSON.parse(certificate) as object);
    }
    expect(w.applied()).toBe(1);
  });

  it('is not confused by branches that are named like full refs', async () => {
    const tip = await w.agent('feature/a');
    const plan = await w.plan(['feature/a']);
    for (const name of ['refs/heads/main', `refs/maestro/merge/${plan.landings[0]!.id}`]) await w.remote.git(['update-ref', `refs/heads/${name}`, tip]);
    expect(await land(w.git, plan)).toEqual({ kind: 'landed' });
    expect(await w.tip()).toBe(plan.intent.new);
    expect(await w.tip('refs/heads/main')).toBe(tip);
    expect(readdirSync(join(w.git.mirror, 'refs/maestro/out'))).toEqual([]);
  });

  it('is landed too when somebody has built on it before it was read back', async () => {
    await w.agent('feature/a');
    const plan = await w.plan(['feature/a']);
    w.hook('post-receive', `unset GIT_QUARANTINE_PATH; c=$(git -c user.name=x -c user.email=x@example.org commit-tree ${plan.intent.tree} -p ${plan.intent.new} -m later); git update-ref refs/heads/main $c`);
    expect(await land(w.git, plan)).toEqual({ kind: 'landed' });
  });

  it('gives a merge that lands again a record of its own beside the first one', async () => {
    await w.agent('feature/a');
    const first = await w.plan(['feature/a']);
    const [landing] = first.landings;
    await w.remote.git(['update-ref', `refs/maestro/merge/${landing!.id}`, first.intent.old]);
    expect(await land(w.git, first)).toEqual({ kind: 'landed' });
    expect(await w.refs()).toContain(`refs/maestro/merge/${landing!.id}-${landing!.commit}`);
    expect(JSON.parse(await w.git.certificate(landing!.id, landing!.commit))).toMatchObject(JSON.parse(landing!.certificate) as object);
  });

  it('reads a certificate that only the remote has', async () => {
    await w.agent('feature/a');
    const plan = await w.plan(['feature/a']);
    await land(w.git, plan);
    const stranger = await w.another();
    const { id, commit, certificate } = plan.landings[0]!;
    expect(JSON.parse(await stranger.certificate(id, commit))).toMatchObject(JSON.parse(certificate) as object);
    await expect(stranger.certificate('000000000000' as never, commit)).rejects.toMatchObject({ code: 'unknown-request' });
  });
});

describe('a target that is not what it was', () => {
  it('moved on: stale, with the new tip', async () => {
    await w.agent('feature/a');
    const plan = await w.plan(['feature/a']);
    const moved = await w.remote.commit({ other: 'x' }, 'theirs', { branch: 'main' });
    expect(await land(w.git, plan)).toEqual({ kind: 'stale', tip: moved });
    expect(w.applied()).toBe(0);
  });

  it('moved to what git refuses: an alarm in its words', async () => {
    await w.agent('feature/a');
    const plan = await w.plan(['feature/a']);
    const tree = w.remote.tree([{ mode: '100644', name: '.git', oid: w.remote.object('blob', Buffer.from('x')) }]);
    w.remote.branch('main', w.remote.commitTree(tree, 'evil', [plan.intent.old]));
    expect(await land(w.git, plan)).toMatchObject({ kind: 'alarm', alarm: { kind: 'unfetchable', detail: expect.stringContaining('hasDotgit') } });
  });

  it('deleted: missing, and never created again', async () => {
    await w.agent('feature/a');
    const plan = await w.plan(['feature/a']);
    await w.remote.git(['update-ref', '-d', 'refs/heads/main']);
    expect(await land(w.git, plan)).toEqual({ kind: 'missing' });
    expect(await land(w.git, plan, true)).toEqual({ kind: 'missing' });
    expect(await w.tip()).toBe('gone');
    expect(await w.refs()).toEqual(['refs/heads/feature/a']);
  });

  it('rewound below where it was: an alarm', async () => {
    const below = await w.tip();
    await w.remote.commit({ second: 'x' }, 'second', { branch: 'main' });
    await w.agent('feature/a');
    const plan = await w.plan(['feature/a']);
    await w.remote.git(['update-ref', 'refs/heads/main', below]);
    expect(await land(w.git, plan)).toMatchObject({ kind: 'alarm', alarm: { kind: 'rewound' }, tip: below });
  });

  it('rewound after it had landed: an alarm, by the record', async () => {
    await w.agent('feature/a');
    const plan = await w.plan(['feature/a']);
    await land(w.git, plan);
    await w.remote.git(['update-ref', 'refs/heads/main', plan.intent.old]);
    expect(await land(w.git, plan, true)).toMatchObject({ kind: 'alarm', alarm: { kind: 'rewound' }, tip: plan.intent.old });
    expect(w.applied()).toBe(1);
  });

  it('is not taken for rewound when the push of an earlier life ends between two questions', async () => {
    await w.agent('feature/a');
    const plan = await w.plan(['feature/a']);
    const asked: string[] = [];
    const remote = {
      tip: async () => (asked.push('tip') === 1 ? plan.intent.old : plan.intent.new),
      refs: async (names: readonly string[]) => (asked.push('records'), new Map(names.map((name) => [name, plan.intent.new]))),
      note: () => undefined,
    };
    expect(await landAt({ remote, mirror: { removeRef: () => undefined } } as never, plan.intent, plan.landings, true)).toEqual({ kind: 'landed' });
    expect(asked).toEqual(['tip', 'records', 'tip']);
  });

  it('replaced by another history: an alarm, and nothing is pushed over it', async () => {
    await w.agent('feature/a');
    const plan = await w.plan(['feature/a']);
    const other = await w.remote.commit({ else: 'x' }, 'elsewhere', { parents: [] });
    await w.remote.git(['update-ref', 'refs/heads/main', other]);
    expect(await land(w.git, plan)).toMatchObject({ kind: 'alarm', alarm: { kind: 'diverged' }, tip: other });
    expect(await w.tip()).toBe(other);
  });
});

describe('a remote that says no', () => {
  it.each(['update', 'pre-receive'] as const)('by its %s hook: refused, in its own words', async (name) => {
    w.hook(name, 'echo "release freeze until Monday" >&2; exit 1');
    await w.agent('feature/a');
    const outcome = await land(w.git, await w.plan(['feature/a']));
    expect(outcome).toMatchObject({ kind: 'refused', everyone: false, detail: expect.stringContaining('release freeze until Monday') });
    expect((await w.refs()).filter((name) => name.startsWith('refs/maestro/'))).toEqual([]);
  });

  it('to atomic pushes: refused, and nothing is pushed in parts', async () => {
    await w.remote.git(['config', 'receive.advertiseAtomic', 'false']);
    await w.agent('feature/a');
    expect(await land(w.git, await w.plan(['feature/a']))).toMatchObject({ kind: 'refused', everyone: true, detail: expect.stringContaining('atomic') });
    expect(w.applied()).toBe(0);
  });

  it('to refs of ours: refused, naming them', async () => {
    w.hook('update', 'case $1 in refs/heads/*) ;; *) echo "only branches here" >&2; exit 1;; esac');
    await w.agent('feature/a');
    expect(await land(w.git, await w.plan(['feature/a']))).toMatchObject({ kind: 'refused', everyone: true, detail: expect.stringContaining('refs/maestro/merge/') });
    expect(w.applied()).toBe(0);
  });

  it('to refs of ours because it hides them: git tears the atomic push, and what is said is what the remote holds', async () => {
    await w.remote.git(['config', 'receive.hideRefs', 'refs/maestro']);
    await w.agent('feature/a');
    const plan = await w.plan(['feature/a']);
    expect(await land(w.git, plan)).toEqual({ kind: 'landed' });
    expect(await w.tip()).toBe(plan.intent.new);
  });

  it('because the branch is checked out there: refused', async () => {
    await w.remote.git(['config', 'core.bare', 'false']);
    await w.agent('feature/a');
    expect(await land(w.git, await w.plan(['feature/a']))).toMatchObject({ kind: 'refused', detail: expect.stringContaining('checked out') });
  });

  it('with control characters in its words: they do not reach a terminal', async () => {
    w.hook('pre-receive', 'printf "\\033[31mno\\007\\n" >&2; exit 1');
    await w.agent('feature/a');
    const outcome = await land(w.git, await w.plan(['feature/a']));
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    expect(JSON.stringify(outcome)).not.toMatch(/[\u0007\u001b]|\\u001b/);
  });
});

describe('what is not what was checked', () => {
  it.each([
    ['a tree that is not the commit\'s', (l: { tree: Oid }, old: Oid) => ({ ...l, tree: old })],
    ['a merge that stands on something else', (l: { tree: Oid }, old: Oid) => ({ ...l, onto: l.tree, old })],
    ['another branch than was merged', (l: { tree: Oid }, old: Oid) => ({ ...l, tip: old })],
  ])('%s: an alarm, nothing pushed', async (_what, change) => {
    await w.agent('feature/a');
    const plan = await w.plan(['feature/a']);
    const landing = { ...plan.landings[0]!, ...change(plan.landings[0]!, plan.intent.old) };
    expect(await land(w.git, { ...plan, landings: [landing] })).toMatchObject({ kind: 'alarm', alarm: { kind: 'read-back' } });
    expect(w.applied()).toBe(0);
  });

  it('a merge that a second git makes differently: an alarm, nothing pushed', async () => {
    const tip = await w.agent('feature/a');
    const plan = await w.plan(['feature/a']);
    const { tree } = (await w.git.commit(plan.intent.old))!;
    const text = `tree ${tree}\nparent ${plan.intent.old}\nparent ${tip}\nauthor x <x@example.org> 1 +0000\ncommitter x <x@example.org> 1 +0000\n\nMerge\n`;
    const forged = (await w.git.gateGit(['hash-object', '-t', 'commit', '-w', '--stdin'], { input: text })).trim() as Oid;
    const landing = { ...plan.landings[0]!, commit: forged, tree };
    expect(await land(w.git, { intent: { ...plan.intent, new: forged, tree }, landings: [landing] })).toMatchObject({ kind: 'alarm', alarm: { kind: 'read-back' } });
    expect(await w.tip()).toBe(plan.intent.old);
  });

  it('commits the mirror has lost: back to the queue, not an alarm', async () => {
    await w.agent('feature/a');
    const plan = await w.plan(['feature/a']);
    const fresh = await w.another();
    await fresh.fetch([MAIN, ref('feature/a')]);
    expect(await land(fresh, plan)).toEqual({ kind: 'stale', tip: plan.intent.old });
  });
});
