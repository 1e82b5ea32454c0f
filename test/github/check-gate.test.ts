// The gate of the forge's checks on a clock of its own and a forge that says what the test wants.
import { expect, test } from 'vitest';
import { openCheckGate } from '../../src/adapter/github/check-gate.ts';
import type { Oid, RefName } from '../../src/merge/branch.ts';
import { DEFAULT_GATE } from '../../src/merge/policy.ts';
import type { CheckState } from '../../src/port/forge.ts';

const [COMMIT, TREE, MAIN, TEAM] = ['c'.repeat(40) as Oid, 't'.repeat(40) as Oid, 'refs/heads/main' as RefName, 'refs/heads/team/a' as RefName];
const RULE = { ...DEFAULT_GATE, run: 'the check ci', checks: ['ci'], timeoutMs: 60_000 };

function bench(answer: () => CheckState['state'] | Promise<CheckState['state']>, show: () => Promise<void> = async () => undefined, beside: readonly CheckState[] = []) {
  let nowMs = 0;
  const timers: { readonly atMs: number; readonly work: () => void }[] = [];
  const hidden: string[] = [];
  const clock = { nowMs: () => nowMs, after: (delayMs: number, work: () => void) => {
    const timer = { atMs: nowMs + delayMs, work };
    timers.push(timer);
    return () => void timers.splice(timers.indexOf(timer), timers.includes(timer) ? 1 : 0);
  } };
  const gate = openCheckGate({ clock, show, hide: async (commit) => void hidden.push(commit), forge: { rules: async () => ({ requiredChecks: [], mergeQueue: false }), checks: async () => [{ name: 'ci', app: null, state: await answer(), summary: 'why', url: null }, ...beside] } });
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 40; turn += 1) await Promise.resolve();
  };
  return {
    gate, hidden, settle,
    run: (abort = new AbortController().signal, target = MAIN) => gate.run(COMMIT, TREE, RULE, abort, target),
    pass: async (ms: number) => {
      nowMs += ms;
      for (const timer of timers.filter(({ atMs }) => atMs <= nowMs)) {
        timers.splice(timers.indexOf(timer), 1);
        timer.work();
      }
      await settle();
    },
  };
}

test('news that come while it looks are not slept over', async () => {
  let state: CheckState['state'] = 'waiting';
  const on = bench(async () => {
    const seen = state;
    if (seen === 'waiting') {
      state = 'passed';
      on.gate.changed(COMMIT);
    }
    return seen;
  });
  expect(await on.run()).toMatchObject({ kind: 'passed', tree: TREE });
});

test('giving up ends it at once, also while the forge does not answer', async () => {
  const on = bench(() => new Promise(() => undefined));
  const stop = new AbortController();
  const running = on.run(stop.signal);
  await on.settle();
  stop.abort();
  await expect(running).rejects.toMatchObject({ code: 'timeout', retryable: true });
  expect(on.hidden).toEqual([COMMIT]);
});

test('two targets that ask about one commit both hear of it', async () => {
  let state: CheckState['state'] = 'waiting';
  const on = bench(() => state);
  const both = [on.run(undefined, MAIN), on.run(undefined, TEAM)];
  await on.settle();
  state = 'passed';
  on.gate.changed(COMMIT);
  expect((await Promise.all(both)).map((verdict) => verdict.kind)).toEqual(['passed', 'passed']);
});

test('one that was cancelled may be on its way again; only when it stays so is that trouble', async () => {
  let state: CheckState['state'] = 'trouble';
  const on = bench(() => state);
  const again = on.run();
  await on.settle();
  state = 'passed';
  await on.pass(20_000);
  expect(await again).toMatchObject({ kind: 'passed' });
  state = 'trouble';
  const stays = on.run();
  await on.settle();
  await Promise.all([on.pass(20_000), expect(stays).rejects.toMatchObject({ code: 'forge-refused', retryable: true })]);
});

test('F11: a check run and a status of one name must both pass', async () => {
  const status = (state: CheckState['state']): CheckState => ({ name: 'ci', app: null, state, summary: 'as a status', url: null });
  expect(await bench(() => 'passed', undefined, [status('passed')]).run()).toMatchObject({ kind: 'passed' });
  expect(await bench(() => 'passed', undefined, [status('failed')]).run()).toMatchObject({ kind: 'failed', tail: 'ci failed\nas a status' });
});

test('what was perhaps shown is taken away', async () => {
  const on = bench(() => 'passed', async () => Promise.reject(new Error('the answer was lost')));
  await expect(on.run()).rejects.toThrow('lost');
  expect(on.hidden).toEqual([COMMIT]);
});

test('F12: a check that never speaks is named when its time is up', async () => {
  const on = bench(() => 'waiting');
  const running = on.run();
  await on.settle();
  for (let look = 0; look < 3; look += 1) await on.pass(20_000);
  expect(await running).toMatchObject({ kind: 'failed', cause: 'timeout', tail: 'ci has not ended' });
});

test('required checks where none is required are no pass', async () => {
  const on = bench(() => 'passed');
  await expect(on.gate.run(COMMIT, TREE, { ...RULE, checks: 'required' }, new AbortController().signal, MAIN)).rejects.toMatchObject({ code: 'forge-refused' });
});
