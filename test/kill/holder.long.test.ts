// Who holds the state: one coordinator at a time, also when it is stopped, killed, doubled or told to end in the middle of a push.
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../harness/stage.ts';
import { childrenOf, faultsOf, outcomeOf } from './check.ts';
import { CLEAN } from './flow.ts';
import { template, tell, type KillStage } from './stage.ts';

const STATE_HELD = 3;
const KILLED = 130;
const PATIENCE_MS = 20_000;

let made: Awaited<ReturnType<typeof template>>;
let on: KillStage;

beforeEach(async () => {
  made = await template(CLEAN);
  on = made.stage();
});

afterEach(() => {
  on.dispose();
  made.dispose();
});

test('a second coordinator on the same state is refused with exit code 3, and the first goes on', async () => {
  const first = on.start(null);
  (await first.connected()).close();
  const second = on.start(null);
  expect(await second.ended()).toBe(STATE_HELD);
  expect(second.output()).toMatch(/already runs/);
  expect(childrenOf(on.folder)).not.toEqual([]);
  expect(await tell(CLEAN, first)).toMatchObject({ code: 0, trouble: null });
  expect(await faults()).toEqual([]);
});

test('a holder that stands still holds on: the second is refused all the same', async () => {
  const first = on.start(null);
  (await first.connected()).close();
  first.child.kill('SIGSTOP');
  expect(await on.start(null).ended()).toBe(STATE_HELD);
  first.child.kill('SIGCONT');
  expect(await tell(CLEAN, first)).toMatchObject({ code: 0, trouble: null });
  expect(await faults()).toEqual([]);
});

test('after kill -9 of the holder the next one starts at once', async () => {
  const first = on.start(null);
  (await first.connected()).close();
  first.child.kill('SIGKILL');
  await first.ended();
  expect(await tell(CLEAN, on.start(null))).toMatchObject({ code: 0, trouble: null });
  expect(await faults()).toEqual([]);
});

test('of several started in the same moment one stays, and everything lands once', async () => {
  const all = [on.start(null), on.start(null), on.start(null)];
  const told = await Promise.all(all.map((one) => tell(CLEAN, one)));
  expect(told.map((one) => one.code).toSorted((a, b) => a - b)).toEqual([0, STATE_HELD, STATE_HELD]);
  expect(await faults()).toEqual([]);
});

test('SIGTERM in the middle of a push waits for it, records the landing and exits 0', async () => {
  slowPush();
  const coordinator = on.start(null);
  await until(pushing, PATIENCE_MS, 'the push');
  coordinator.child.kill('SIGTERM');
  expect(await coordinator.ended()).toBe(0);
  expect(coordinator.output()).toMatch(/"kind":"landed"/);
  expect(await tell(CLEAN, on.start(null))).toMatchObject({ code: 0, trouble: null });
  expect(await faults()).toEqual([]);
});

test('a second SIGTERM ends it at once; the next start finds out what became of the push', async () => {
  slowPush();
  const coordinator = on.start(null);
  await until(pushing, PATIENCE_MS, 'the push');
  coordinator.child.kill('SIGTERM');
  coordinator.child.kill('SIGINT');
  expect(await coordinator.ended()).toBe(KILLED);
  expect(await tell(CLEAN, on.start(null))).toMatchObject({ code: 0, trouble: null });
  // The push that was left behind may outlive the next coordinator, and ends by itself.
  await until(() => (childrenOf(on.folder).length === 0 ? true : null), PATIENCE_MS, 'the end of the push left behind');
  expect(await faults()).toEqual([]);
});

/** The first push takes a second; whoever looks sees that it began. */
function slowPush(): void {
  const hook = join(on.folder, 'origin.git/hooks/pre-receive');
  writeFileSync(hook, '#!/bin/sh\n[ -e ../pushing ] && exit 0\ntouch ../pushing\nsleep 1\n');
  chmodSync(hook, 0o755);
}

function pushing(): true | null {
  return existsSync(join(on.folder, 'pushing')) ? true : null;
}

async function faults(): Promise<readonly string[]> {
  const other = made.stage();
  await tell(CLEAN, other.start(null));
  const wanted = await outcomeOf(other.folder, CLEAN.targets);
  other.dispose();
  return faultsOf(on.folder, CLEAN.targets, wanted);
}
