// Several machines: two worker processes drain lanes of many repositories through a real Redis, then one is killed. Each landing is checked on the remote.
import { hasRedis } from '../test/harness/redis.ts';
import { LANES } from '../test/scale/remote.ts';
import { scaleStage } from '../test/scale/stage.ts';
import type { BenchOptions, Figure } from './figure.ts';

const WORK = 6;
/** By chance of their names the two halves are not quite even. */
const SHARE_LEAST = 0.3;

export async function run({ quick }: BenchOptions): Promise<readonly Figure[]> {
  if (!hasRedis()) return [];
  const repositories = Array.from({ length: quick ? 40 : 200 }, (_, n) => `acme-${n}`);
  const on = await scaleStage(repositories, WORK);
  try {
    const [one] = [on.worker('one'), on.worker('two')];
    await on.until('the first landing', () => on.landed() > 0);
    const startMs = performance.now();
    await on.until('everything landed', () => on.unfinished() === 0);
    const drainMs = performance.now() - startMs;
    const landings = repositories.length * LANES.length * WORK;
    if (on.landed() !== landings || on.remote.notes('refused').length > 0) throw new Error(`${on.landed()} of ${landings} landed, ${on.remote.notes('refused').length} twice`);
    await on.until('both hold their share', () => ['one', 'two'].every((worker) => on.heldBy(worker).length >= repositories.length * SHARE_LEAST));
    const lost = on.heldBy('one');
    const killedAtMs = Date.now();
    await on.kill(one);
    await on.until('all taken over', () => lost.every((repository) => on.heldBy('two').includes(repository)));
    const note = `${repositories.length} repositories of ${LANES.length} lanes, two workers, AOF always`;
    return [
      { bench: 'scale', figure: 'saved and landed', value: Math.round(landings / (drainMs / 1000)), unit: 'per s', baseline: null, baselineValue: null, ratio: null, runs: landings, note },
      { bench: 'scale', figure: 'last repository of a killed worker taken over', value: Date.now() - killedAtMs, unit: 'ms', baseline: null, baselineValue: null, ratio: null, runs: lost.length, note },
    ];
  } finally {
    await on.dispose();
  }
}
