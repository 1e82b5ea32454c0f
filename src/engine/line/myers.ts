// Myers' diff as git bounds it: hopeless lines are left out first, and a search that grows too dear settles for a good split.
import { likelyShared } from './likely-shared.ts';
import type { Scratch } from './line-ids.ts';
import { searchOf, splitOf, type Box } from './myers-split.ts';
import { withoutEqualEnds, type Changed, type Span } from './span.ts';

export function markByMyers(a: Int32Array, b: Int32Array, span: Span, scratch: Scratch, changed: Changed): void {
  const kept = likelyShared(a, b, span, withoutEqualEnds(a, b, span), scratch, changed);
  const search = searchOf(idsAt(a, kept.a), idsAt(b, kept.b));
  const open: Box[] = [{ aStart: 0, aEnd: kept.a.length, bStart: 0, bEnd: kept.b.length, exact: false }];
  for (let box = open.pop(); box !== undefined; box = open.pop()) {
    const rest = { ...withoutEqualEnds(search.a, search.b, box), exact: box.exact };
    if (rest.aStart === rest.aEnd || rest.bStart === rest.bEnd) {
      for (const at of kept.a.subarray(rest.aStart, rest.aEnd)) changed.a[at] = 1;
      for (const at of kept.b.subarray(rest.bStart, rest.bEnd)) changed.b[at] = 1;
    } else {
      const split = splitOf(search, rest);
      open.push({ ...rest, aStart: split.a, bStart: split.b, exact: split.exactAfter }, { ...rest, aEnd: split.a, bEnd: split.b, exact: split.exactBefore });
    }
  }
}

function idsAt(ids: Int32Array, positions: Int32Array): Int32Array {
  return positions.map((at) => ids[at] ?? 0);
}
