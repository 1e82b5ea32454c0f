// 200 repositories of five lanes on two worker processes and a real Redis: one writer a lane, each lane in order, everything done, whatever dies.
import { describe, expect, onTestFinished, test } from 'vitest';
import { hasRedis } from '../harness/redis.ts';
import { LANES } from './remote.ts';
import { scaleStage, type ScaleStage } from './stage.ts';

const REPOSITORIES = Array.from({ length: 200 }, (_, n) => `acme-${n}`);
const WORK = 12;
/** By chance of their names the two halves are not quite even. */
const SHARE_LEAST = 70;
const TOTAL = REPOSITORIES.length * LANES.length * WORK;

describe.skipIf(!hasRedis())('200 repositories of five lanes, two workers', () => {
  test('are drained, and a worker killed midway is replaced', async () => {
    const on = await stage();
    const [one] = [on.worker('one'), on.worker('two')];
    await on.until('both at work', () => ['one', 'two'].every((worker) => on.heldBy(worker).length >= SHARE_LEAST) && on.landed() > TOTAL / 3);
    const lost = on.heldBy('one');
    const killedAtMs = Date.now();
    await on.kill(one);
    await on.until('everything landed', () => on.unfinished() === 0);
    await on.until('all taken over', () => lost.every((repository) => on.heldBy('two').includes(repository)));
    await expectOneWriter(on);
    const takenAtMs = on.remote.notes('opened').filter(([at, worker, repository]) => worker === 'two' && Number(at) > killedAtMs && lost.includes(repository ?? '')).map(([at]) => Number(at));
    say(on, `a worker with ${lost.length} repositories killed: taken over ${Math.min(...takenAtMs) - killedAtMs} to ${Math.max(...takenAtMs) - killedAtMs} ms later`);
  });

  test('are drained, and a worker that stood still past its term writes nothing over its successor', async () => {
    const on = await stage();
    const [one] = [on.worker('one'), on.worker('two')];
    await on.until('both at work', () => ['one', 'two'].every((worker) => on.heldBy(worker).length >= SHARE_LEAST));
    const lost = on.heldBy('one');
    one.kill('SIGSTOP');
    await on.until('all taken over', () => lost.every((repository) => on.heldBy('two').includes(repository)));
    one.kill('SIGCONT');
    await on.until('everything landed', () => on.unfinished() === 0);
    await on.until('its share came back', () => on.heldBy('one').length >= SHARE_LEAST);
    await expectOneWriter(on);
    say(on, `a worker with ${lost.length} repositories stood still`);
  });

  test('come to the same end when Redis is killed and wiped midway', async () => {
    const on = await stage();
    for (const name of ['one', 'two']) on.worker(name);
    await on.until('a third landed', () => on.landed() > TOTAL / 3);
    await on.redis.kill();
    await on.redis.start('wiped');
    const wipedAtMs = Date.now();
    await on.until('everything landed', () => on.unfinished() === 0);
    await expectOneWriter(on);
    say(on, `Redis wiped at a third: everything else landed ${Date.now() - wipedAtMs} ms later`);
  });
});

async function stage(): Promise<ScaleStage> {
  const on = await scaleStage(REPOSITORIES, WORK);
  onTestFinished(on.dispose);
  return on;
}

/** By the ledgers, which know the order of writes: a newer token is never followed by an older one, and no landing goes back. */
async function expectOneWriter(on: ScaleStage): Promise<void> {
  for (const ledger of await on.ledgers()) {
    const [tokens, numbers] = [ledger.map(([token]) => token), ledger.map(([, number]) => number)];
    expect(tokens).toEqual(tokens.toSorted((a, b) => a - b));
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  }
  const saved = on.remote.notes('saved').map(([repository, lane, token, version]) => `${repository} ${lane} ${token} ${version}`);
  expect(new Set(saved).size).toBe(saved.length);
  expect(on.landed()).toBe(TOTAL);
}

function say(on: ScaleStage, text: string): void {
  process.stdout.write(`scale: ${text}; landings refused by the remote: ${on.remote.notes('refused').length}\n`);
}
