// The young generation under a load that outlives scavenges, in a process of its own: its flags are for the whole process.
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

const HEAP = resolve(import.meta.dirname, '../../src/adapter/local/heap.ts');
const BOUND_BYTES = 16 * 1024 * 1024;

test('the young generation stops growing at 16 MB, where it would go on', () => {
  expect(youngBytesAfter('')).toBeGreaterThan(BOUND_BYTES);
  expect(youngBytesAfter('boundYoungHeap();')).toBeLessThanOrEqual(BOUND_BYTES);
});

/** Keeps what it makes for a while, and lets the loop turn, as a coordinator does. */
function youngBytesAfter(first: string): number {
  const script = `
    import { getHeapSpaceStatistics } from 'node:v8';
    import { setImmediate } from 'node:timers/promises';
    import { boundYoungHeap } from ${JSON.stringify(HEAP)};
    ${first}
    const kept = [];
    for (let turn = 0; turn < 150; turn += 1) {
      for (let at = 0; at < 10; at += 1) kept.push(Array.from({ length: 1000 }, (_, value) => ({ value })));
      if (kept.length > 1000) kept.splice(0, 500);
      await setImmediate();
    }
    console.log(getHeapSpaceStatistics().find((space) => space.space_name === 'new_space').space_size);`;
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }));
}
