import { expect, test } from 'vitest';
import { openTurnstile } from '../../src/adapter/embedded/turnstile.ts';

test('a turnstile lets no more in than it has room for, in order, also after a failure', async () => {
  const turn = openTurnstile(2);
  const began: number[] = [];
  let [inside, most] = [0, 0];
  const all = Array.from({ length: 9 }, (_, at) => turn(async () => {
    began.push(at);
    most = Math.max(most, (inside += 1));
    await Promise.resolve();
    inside -= 1;
    if (at % 3 === 0) throw new Error('red');
  }));
  await Promise.allSettled(all);
  expect([most, began]).toEqual([2, [0, 1, 2, 3, 4, 5, 6, 7, 8]]);
});
