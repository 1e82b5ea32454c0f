// The gate in real worktrees as the lane meets it: red, red on the target, slow, paused meanwhile.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gateConfig, heldGate, scene } from './scene.ts';

const NO_BROKEN = 'if grep -rn BROKEN --include=*.txt .; then echo "the words above are BAD"; exit 3; fi';

test('a red gate rejects only its branch, with exit code, log and the log\'s last words', async () => {
  const on = await scene({ config: gateConfig(NO_BROKEN) });
  await on.ready('feature/a', { 'b.txt': 'b\n' });
  await on.ready('feature/bad', { 'c.txt': 'BROKEN\n' });
  await on.ready('feature/c', { 'd.txt': 'd\n' });
  await on.start();
  await on.landed('feature/a', 'feature/c');
  const { reason } = (await on.reaches('feature/bad', 'rejected')).phase;
  expect(reason).toMatchObject({ code: 'gate-failed', exitCode: 3, tail: expect.stringMatching(/c\.txt:1:BROKEN.*the words above are BAD/s) });
  expect(reason.code === 'gate-failed' && reason.log !== null && existsSync(reason.log)).toBe(true);
  expect(await on.read('c.txt')).toBeNull();
});

test('two that are red only together: the first lands, the second is rejected and names the first', async () => {
  const on = await scene({ config: gateConfig('! { [ -e left.txt ] && [ -e right.txt ]; } || { echo left.txt and right.txt; exit 1; }') });
  await on.ready('feature/left', { 'left.txt': 'l\n' });
  await on.ready('feature/right', { 'right.txt': 'r\n' });
  await on.start();
  await on.landed('feature/left');
  const { reason } = (await on.reaches('feature/right', 'rejected')).phase;
  expect(reason).toMatchObject({ code: 'gate-failed', suspects: [{ branch: 'feature/left' }] });
});

test('a target that is red itself holds its branches, and lets them go when it is mended', async () => {
  const on = await scene({ config: gateConfig(NO_BROKEN), files: { 'a.txt': 'BROKEN\n' } });
  await on.ready('feature/a', { 'b.txt': 'b\n' });
  const { control } = await on.start();
  await on.until('the hold', () => {
    const phase = on.request('feature/a')?.phase;
    return phase?.state === 'queued' && phase.hold?.kind === 'target-red';
  });
  expect((await control.explain('feature/a')).waitsFor).toMatch(/main itself fails the gate/);
  await on.quietly('main', { 'a.txt': 'whole\n' });
  on.hint('main');
  await on.landed('feature/a');
});

test('the branch that mends a red target lands', async () => {
  const on = await scene({ config: gateConfig(NO_BROKEN), files: { 'a.txt': 'BROKEN\n' } });
  await on.ready('feature/mend', { 'a.txt': 'whole\n' });
  await on.start();
  await on.landed('feature/mend');
});

test('a gate that takes too long is ended and said to be', async () => {
  const on = await scene({ config: 'version: 1\ntargets:\n  - target: main\n    gate: { run: "[ ! -e b.txt ] || sleep 60", timeout: 1s }\n' });
  await on.ready('feature/slow', { 'b.txt': 'b\n' });
  await on.start();
  expect((await on.reaches('feature/slow', 'rejected')).phase.reason).toMatchObject({ code: 'gate-timeout' });
});

test.each([
  ['output', 'yes', 'output: 1MB', 'it wrote more output than the 1MB it may'],
  ['disk', 'head -c 9000000 /dev/zero > big; sleep 60', 'disk: 1MB', 'it filled more disk than the 1MB it may'],
])('a gate stopped for its %s says so and accuses nobody', async (cap, flood, rule, cause) => {
  const on = await scene({ config: `version: 1\ntargets:\n  - target: main\n    gate: { run: "[ ! -e b.txt ] || { ${flood}; }", ${rule} }\n` });
  await on.ready('feature/flood', { 'b.txt': 'b\n' });
  const { control } = await on.start();
  const { reason } = (await on.reaches('feature/flood', 'rejected')).phase;
  expect(reason).toMatchObject({ code: 'gate-capped', cap, bytesMax: 1024 ** 2 });
  expect((await control.explain('feature/flood')).advice).toMatchObject({ cause: expect.stringContaining(cause), next: expect.stringContaining(`${cap}:`) });
});

test('the gate sees exactly the tree that lands, and none of our environment', async () => {
  process.env['MAESTRO_TEST_SECRET'] = 'hunter2';
  const on = await scene();
  const seen = join(on.folder, 'seen');
  await on.quietly('main', { '.github/maestro.yml': gateConfig(`git rev-parse HEAD^{tree} > ${seen} && env >> ${seen} && ls -A >> ${seen} && cat ${seen}`) });
  await on.ready('feature/a', { 'b.txt': 'b\n' });
  await on.start();
  const { phase } = await on.reaches('feature/a', 'landed');
  delete process.env['MAESTRO_TEST_SECRET'];
  const text = readFileSync(seen, 'utf8');
  expect(text.startsWith(phase.candidate.tree)).toBe(true);
  expect(text).not.toContain('hunter2');
  expect(text).toMatch(/^b\.txt$/m);
});

test('H9: a pause during a gate lands nothing; resume does', async () => {
  const on = await scene();
  const gate = heldGate(on);
  await on.quietly('main', { '.github/maestro.yml': gateConfig(gate.run) });
  const before = await on.tip();
  await on.ready('feature/a', { 'b.txt': 'b\n' });
  const { control, service } = await on.start();
  await on.until('the gate', gate.hasStarted);
  expect(await control.pause(null, 'op')).toMatchObject({ lanes: ['main'], inFlight: [expect.stringContaining('gate')] });
  gate.letGo();
  await on.until('quiet', () => service.coordinator.isQuiet);
  expect(await on.tip()).toBe(before);
  expect((await control.status()).lanes[0]).toMatchObject({ pausedBy: 'op' });
  await control.resume(null, 'op');
  await on.landed('feature/a');
});

test('cancel during a gate: the branch does not land, the next one does', async () => {
  const on = await scene();
  const gate = heldGate(on);
  await on.quietly('main', { '.github/maestro.yml': gateConfig(gate.run) });
  await on.ready('feature/a', { 'b.txt': 'b\n' });
  const { control } = await on.start();
  await on.until('the gate', gate.hasStarted);
  await control.cancel('feature/a', 'op');
  gate.letGo();
  await on.ready('feature/b', { 'c.txt': 'c\n' });
  await on.landed('feature/b');
  expect(on.request('feature/a')?.phase.state).toBe('cancelled');
  expect(await on.read('b.txt')).toBeNull();
});

test('a new gate on the target counts for what was built before it', async () => {
  const on = await scene();
  const gate = heldGate(on);
  await on.quietly('main', { '.github/maestro.yml': gateConfig(gate.run) });
  await on.ready('feature/bad', { 'b.txt': 'BROKEN\n' });
  await on.start();
  await on.until('the gate', gate.hasStarted);
  await on.quietly('main', { '.github/maestro.yml': gateConfig(NO_BROKEN) });
  on.hint('main');
  gate.letGo();
  expect((await on.reaches('feature/bad', 'rejected')).phase.reason).toMatchObject({ code: 'gate-failed' });
});
