// Chains, red gates, dependencies, second thoughts and pauses, told on the symbolic world.
import { describe, expect, test } from 'vitest';
import type { RefName } from '../../src/merge/branch.ts';
import { adviceOn } from '../../src/merge/reason.ts';
import { tell, type Tale } from '../harness/tale.ts';

const MINUTE_MS = 60_000;
const CHECK = { gate: { run: 'check', scope: 'each' } } as const;

describe('a chain', () => {
  test('ready branches land together, each as its own merge', async () => {
    const tale = tell(CHECK);
    for (const branch of ['feature/1', 'feature/2', 'feature/3']) tale.push(branch, { [branch]: branch });
    await tale.settles();
    expect(tale.landings('main')).toHaveLength(3);
    expect(tale.gateRuns).toBe(3);
  });

  test('a commit pushed twice lands once; its second branch is told that it is in', async () => {
    const tale = tell(CHECK);
    tale.push('feature/1', { one: 'fine' });
    tale.restore('feature/2', tale.world.remote.tip('refs/heads/feature/1' as RefName)!);
    await tale.settles();
    expect(tale.landings('main')).toHaveLength(1);
    expect(tale.phase('feature/2', 'rejected').reason).toMatchObject({ code: 'already-contained' });
  });

  test('a red one leaves it, those before land, those behind are built again', async () => {
    const tale = tell(CHECK);
    tale.push('feature/1', { one: 'fine' });
    tale.push('feature/2', { two: 'bad' });
    tale.push('feature/3', { three: 'fine' });
    await tale.settles();
    expect(['feature/1', 'feature/2', 'feature/3'].map((branch) => tale.state(branch))).toEqual(['landed', 'rejected', 'landed']);
    expect(tale.phase('feature/2', 'rejected').reason).toMatchObject({ code: 'gate-failed', tail: 'red: bad in two' });
  });

  test('a pair that is red only together names its partner', async () => {
    const tale = tell(CHECK);
    tale.push('feature/1', { 'src/one': 'left:9' });
    await tale.settles();
    tale.push('feature/2', { 'src/two': 'right:9' });
    await tale.settles();
    expect(suspectsOf(tale, 'feature/2')).toEqual(['feature/1']);
  });

  test('a gate that names a file of each of two branches points at the pair', async () => {
    const tale = tell({ gate: { run: 'test ! -e a7 || test ! -e b9', scope: 'each' } });
    tale.push('feature/1', { a7: 'fine' });
    tale.push('feature/2', { c8: 'fine' });
    tale.push('feature/3', { b9: 'bad' });
    await tale.settles();
    expect(suspectsOf(tale, 'feature/3')).toEqual(['feature/1']);
  });

  test('where nothing points at another branch nobody is accused; what was below is told', async () => {
    const tale = tell({ gate: { run: 'check src/one', scope: 'each' } });
    tale.push('feature/1', { 'src/one': 'fine' });
    tale.push('feature/2', { 'src/two': 'bad' });
    await tale.settles();
    const { reason } = tale.phase('feature/2', 'rejected');
    expect(reason).toMatchObject({ suspects: [], amid: ['feature/1'] });
    expect(adviceOn(reason).cause).toBe('The gate failed on the merge of this branch; it was red on top of 1 branch that had passed: feature/1.');
  });

  test.each([['each', 10], ['chain', 10]] as const)('ten branches, the fourth red, the seventh and ninth together: eight land, gate scope %s', async (scope, runsMax) => {
    const tale = tell({ gate: { run: 'check', scope }, gatesMax: 1, chainMax: 32 });
    tenBranches(tale);
    await tale.settles();
    expect(tale.landings('main')).toHaveLength(8);
    expect(tale.state('feature/04')).toBe('rejected');
    expect(suspectsOf(tale, 'feature/09')[0]).toBe('feature/07');
    expect(tale.gateRuns).toBeLessThanOrEqual(runsMax);
  });

  test('where all are green, one gate run serves the whole chain', async () => {
    const tale = tell({ gate: { run: 'check', scope: 'chain' }, chainMax: 32 });
    for (let at = 0; at < 10; at += 1) tale.push(`feature/${at}`, { [`file${at}`]: 'w' });
    await tale.settles();
    expect([tale.landings('main').length, tale.gateRuns]).toEqual([10, 1]);
  });

  test('a target that is red by itself holds its requests and rejects nobody', async () => {
    const tale = tell(CHECK);
    tale.pushByHand('main', { broken: 'bad' });
    tale.push('feature/1', { one: 'fine' });
    await tale.settles();
    expect(tale.phase('feature/1', 'queued').hold?.kind).toBe('target-red');
    tale.pushByHand('main', { broken: 'mended' });
    await tale.settles();
    expect(tale.state('feature/1')).toBe('landed');
  });
});

describe('dependencies', () => {
  test('a branch lands after what it depends on, whoever came first', async () => {
    const tale = tell();
    tale.push('feature/late', { lib: 'late' }, { says: 'Depends-On: feature/early' });
    await tale.settles();
    expect(tale.landings('main')).toEqual([]);
    tale.push('feature/early', { app: 'early' });
    await tale.settles();
    expect(tale.landings('main')).toEqual(['Merge feature/early into main', 'Merge feature/late into main']);
  });

  test('a dependency that never comes, one that was rejected, and a circle are each named', async () => {
    const tale = tell({ ...CHECK, dependencyWaitMs: 10 * MINUTE_MS });
    tale.push('feature/waits', { a: 'w' }, { says: 'Depends-On: feature/never' });
    tale.push('feature/red', { b: 'bad' });
    tale.push('feature/behind', { c: 'w' }, { says: 'Depends-On: feature/red' });
    tale.push('feature/x', { d: 'w' }, { says: 'Depends-On: feature/y' });
    tale.push('feature/y', { e: 'w' }, { says: 'Depends-On: feature/x' });
    await tale.settles();
    await tale.waits(11 * MINUTE_MS);
    expect(tale.phase('feature/waits', 'rejected').reason).toEqual({ code: 'dependency-missing', dependency: 'feature/never' });
    const { reason } = tale.phase('feature/behind', 'rejected');
    expect(reason).toMatchObject({ code: 'dependency-rejected', dependency: 'feature/red' });
    expect(adviceOn(reason).cause).toBe('The dependency feature/red did not land: The gate failed on the merge of this branch.');
    expect([tale.phase('feature/x', 'rejected').reason, tale.phase('feature/y', 'rejected').reason]).toContainEqual(expect.objectContaining({ code: 'dependency-cycle' }));
  });

  test.each([25, -25])('a clock that jumps by %d hours ends nobody\'s patience, also not during a restart; time that passes does', async (hours) => {
    const tale = tell({ dependencyWaitMs: 10 * MINUTE_MS });
    tale.push('feature/waits', { a: 'w' }, { says: 'Depends-On: feature/never' });
    await tale.waits(5 * MINUTE_MS);
    await tale.later(hours * 60 * MINUTE_MS);
    tale.world.moments.jump(hours * 60 * MINUTE_MS);
    await tale.restart();
    await tale.waits(3 * MINUTE_MS);
    expect(tale.state('feature/waits')).toBe('queued');
    await tale.waits(5 * MINUTE_MS);
    expect(tale.phase('feature/waits', 'rejected').reason.code).toBe('dependency-missing');
  });

  test('a branch that depends on itself is told so at once', async () => {
    const tale = tell();
    tale.push('feature/me', { a: 'w' }, { says: 'Depends-On: feature/me' });
    await tale.settles();
    expect(tale.phase('feature/me', 'rejected').reason).toEqual({ code: 'dependency-cycle', cycle: ['feature/me', 'feature/me'] });
  });

  test('a cycle of sixty is named too, with fifty of its branches', async () => {
    const tale = tell();
    await tale.settles();
    await tale.pause('main');
    for (let at = 0; at < 60; at += 1) tale.push(`feature/${at}`, { [`f${at}`]: 'w' }, { says: `Depends-On: feature/${(at + 1) % 60}` });
    await tale.resume('main');
    const { reason } = tale.phase('feature/7', 'rejected');
    expect(reason.code === 'dependency-cycle' ? [reason.cycle.length, reason.cycle[1], ...reason.cycle.slice(-2)] : reason).toEqual([52, 'feature/8', '10 more', 'feature/7']);
  });

  test('what depends on a branch that turned out to conflict waits with it', async () => {
    const tale = tell();
    tale.push('feature/first', { app: 'first' });
    await tale.settles();
    tale.push('feature/second', { app: 'second' }, { on: 'feature/none' });
    tale.push('feature/third', { lib: 'third' }, { says: 'Depends-On: feature/second' });
    await tale.settles();
    expect([tale.state('feature/second'), tale.state('feature/third')]).toEqual(['escalated', 'queued']);
    await tale.decide('feature/second', 'B');
    expect([tale.state('feature/second'), tale.state('feature/third')]).toEqual(['landed', 'landed']);
  });
});

describe('second thoughts', () => {
  test('a newer tip takes the place of the older one', async () => {
    const tale = tell();
    await tale.settles();
    await tale.pause('main');
    tale.push('feature/a', { app: 'old' });
    await tale.settles();
    const old = tale.request('feature/a');
    tale.push('feature/a', { app: 'new' });
    await tale.settles();
    await tale.resume('main');
    expect(tale.world.lane(old.target)?.requests.get(old.id)?.phase).toMatchObject({ state: 'superseded', by: tale.request('feature/a').id });
    expect(tale.files('main')['app']).toBe('new');
  });

  test('a deleted branch and a cancelled request land nothing; a retry lands the latter', async () => {
    const tale = await paused();
    tale.remove('feature/a');
    await tale.cancel('feature/b');
    await tale.resume('main');
    expect(tale.phase('feature/a', 'rejected').reason.code).toBe('branch-deleted');
    expect(tale.landings('main')).toEqual([]);
    await tale.retry('feature/b');
    expect(tale.landings('main')).toEqual(['Merge feature/b into main']);
  });

  test('a push that asked for what cannot be is not retried into the default branch', async () => {
    const tale = tell();
    tale.push('feature/a', { app: 'a' }, { says: 'Target: nowhere' });
    await tale.settles();
    await tale.retry('feature/a');
    expect(tale.phase('feature/a', 'rejected').reason.code).toBe('no-route');
  });

  test('a paused lane starts nothing, and goes on where it stood', async () => {
    const tale = await paused();
    expect([tale.landings('main'), tale.gateRuns]).toEqual([[], 0]);
    await tale.restart();
    expect(tale.landings('main')).toEqual([]);
    await tale.resume('main');
    expect(tale.landings('main')).toHaveLength(2);
  });

  async function paused(): Promise<Tale> {
    const tale = tell(CHECK);
    await tale.settles();
    await tale.pause('main');
    tale.push('feature/a', { app: 'a' });
    tale.push('feature/b', { lib: 'b' });
    await tale.settles();
    return tale;
  }
});

function suspectsOf(tale: Tale, branch: string): readonly string[] {
  const { reason } = tale.phase(branch, 'rejected');
  return reason.code === 'gate-failed' ? reason.suspects.map((suspect) => suspect.branch) : [];
}

/** In order of arrival, each told before the next. */
function tenBranches(tale: Tale): void {
  const words: Readonly<Record<number, string>> = { 4: 'bad', 7: 'left:7', 9: 'right:7' };
  for (let at = 1; at <= 10; at += 1) tale.push(`feature/${String(at).padStart(2, '0')}`, { [`part/${at}`]: words[at] ?? 'w' });
}
