// Keeps V8's young generation from growing to its full size. It doubles with whatever survives and never shrinks, so a coordinator that
// runs for weeks would hold a hundred megabytes that it never uses.
import { PerformanceObserver } from 'node:perf_hooks';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** One of its two halves. */
const YOUNG_BYTES_MAX = 16 * 1024 * 1024;

/** For the whole process. There is no setting for it once node runs, but one for how much it grows by, which V8 reads each time. */
export function boundYoungHeap(): void {
  const observer = new PerformanceObserver(() => {
    if (youngBytes() < YOUNG_BYTES_MAX) return;
    setFlagsFromString('--semi-space-growth-factor=1');
    observer.disconnect();
  });
  observer.observe({ entryTypes: ['gc'] });
}

function youngBytes(): number {
  return getHeapSpaceStatistics().find((space) => space.space_name === 'new_space')?.space_size ?? 0;
}
