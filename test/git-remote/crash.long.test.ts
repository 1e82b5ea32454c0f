// Pushes that are killed, hang, race or lose their remote: whatever happened, the work lands exactly once.
import { execFileSync } from 'node:child_process';
import { readFile, rename } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dieOnce, land, world } from './world.ts';
import type { World } from './world.ts';

let w: World;
beforeEach(async () => {
  w = await world();
});
afterEach(() => w.close());

async function ready(): Promise<Awaited<ReturnType<World['plan']>>> {
  await w.agent('feature/a');
  return w.plan(['feature/a']);
}

describe('a push whose process group is killed', () => {
  it('before the remote applied it: nothing is decided, and the next try lands it once', async () => {
    const plan = await ready();
    w.hook('pre-receive', dieOnce(w.note('died')));
    await expect(land(w.git, plan)).rejects.toMatchObject({ code: 'unreachable', retryable: true });
    expect(await w.tip()).toBe(plan.intent.old);
    expect(await land(w.git, plan, true)).toEqual({ kind: 'landed' });
    expect(w.applied()).toBe(1);
  });

  it('after the remote applied it: it is landed, without a second push', async () => {
    const plan = await ready();
    w.hook('post-receive', `echo applied >> ${w.note('applied')}; ${dieOnce(w.note('died'))}`);
    expect(await land(w.git, plan)).toEqual({ kind: 'landed' });
    expect(await land(await w.another(), plan, true)).toEqual({ kind: 'landed' });
    expect(w.applied()).toBe(1);
  });

  it('by close, while a hook hangs: a new Maestro on the same state lands it', async () => {
    const plan = await ready();
    const fifo = w.note('fifo');
    execFileSync('sh', ['-c', `mkfifo ${fifo}`]);
    w.hook('pre-receive', `if [ ! -e ${w.note('hung')} ]; then : > ${w.note('hung')}; echo here > ${fifo}; sleep 60; fi`);
    const pushing = expect(land(w.git, plan)).rejects.toMatchObject({ retryable: true });
    await readFile(fifo);
    await w.git.close();
    await pushing;
    expect(await land(await w.another(w.state), plan, true)).toEqual({ kind: 'landed' });
    expect(w.applied()).toBe(1);
  });
});

describe('a remote that does not answer', () => {
  it('hangs longer than the push may take: never a refusal', async () => {
    await w.close();
    w = await world({ pushTimeoutMs: 250 });
    const plan = await ready();
    w.hook('update', 'sleep 60');
    await expect(land(w.git, plan)).rejects.toMatchObject({ code: 'unreachable', retryable: true });
    expect(await w.tip()).toBe(plan.intent.old);
  });

  it('is away before, and back again later', async () => {
    const plan = await ready();
    await rename(w.remote.bare, w.note('away.git'));
    await expect(w.git.remoteHeads()).rejects.toMatchObject({ code: 'unreachable', retryable: true });
    await expect(w.git.fetch([plan.intent.target])).rejects.toMatchObject({ code: 'unreachable' });
    await expect(land(w.git, plan)).rejects.toMatchObject({ code: 'unreachable' });
    await rename(w.note('away.git'), w.remote.bare);
    expect(await land(w.git, plan, true)).toEqual({ kind: 'landed' });
    expect(w.applied()).toBe(1);
  });

  it('goes away after it applied the push: nothing is decided until it is back', async () => {
    const plan = await ready();
    w.hook('post-receive', `echo applied >> ${w.note('applied')}; mv ${w.remote.bare} ${w.note('away.git')}`);
    await expect(land(w.git, plan)).rejects.toMatchObject({ code: 'unreachable', retryable: true });
    await rename(w.note('away.git'), w.remote.bare);
    expect(await land(w.git, plan, true)).toEqual({ kind: 'landed' });
    expect(w.applied()).toBe(1);
  });
});

it('of two that race for one target exactly one lands, and the other learns where it is', async () => {
  await w.agent('feature/a');
  await w.agent('feature/b');
  const other = await w.another();
  const [mine, theirs] = await Promise.all([w.plan(['feature/a']), w.plan(['feature/b'], other)]);
  const settle = (outcome: Promise<{ kind: string }>, plan: typeof mine, by: typeof other): Promise<{ kind: string }> => outcome.catch(() => land(by, plan, true));
  const outcomes = await Promise.all([settle(land(w.git, mine), mine, w.git), settle(land(other, theirs), theirs, other)]);
  expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(['landed', 'stale']);
  expect(w.applied()).toBe(1);
});

it('a lock left behind by a killed git does not outlive the next start', async () => {
  const plan = await ready();
  await w.git.close();
  execFileSync('touch', [`${w.state}/mirror.git/config.lock`, `${w.state}/mirror.git/packed-refs.lock`, `${w.state}/mirror.git/refs/maestro/in/x.lock`, `${w.state}/mirror.git/objects/pack/tmp_pack_x`]);
  const again = await w.another(w.state);
  expect(await land(again, plan, true)).toEqual({ kind: 'landed' });
  expect(execFileSync('find', [w.state, '-name', '*.lock', '-o', '-name', 'tmp_pack*']).toString()).toBe('');
});
