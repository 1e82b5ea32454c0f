// Which lines Myers' search has to look at: those with a partner on the other side, unless they have too many among hopeless ones.
import type { Scratch } from './line-ids.ts';
import type { Changed, Span } from './span.ts';

/** Positions of the lines that stay in the search. */
export type Kept = { readonly a: Int32Array; readonly b: Int32Array };

/** A line with this many partners is a common one, however long the text. */
const PARTNERS_MAX = 1024;

/** How far around a common line its neighbours are looked at. */
const NEIGHBOURS_MAX = 100;

/** A common line is left out where fewer than one in this many of its neighbourhood is common. */
const COMMON_SHARE = 4;

const HOPELESS = 0;
const HOPEFUL = 1;
const COMMON = 2;

/** Partners are counted in the whole `span`; what lies in it outside `core` is known to be shared. Marks what it leaves out. */
export function likelyShared(a: Int32Array, b: Int32Array, span: Span, core: Span, scratch: Scratch, changed: Changed): Kept {
  const { count: inA, otherCount: inB } = scratch;
  for (let at = span.aStart; at < span.aEnd; at += 1) add(inA, a[at], 1);
  for (let at = span.bStart; at < span.bEnd; at += 1) add(inB, b[at], 1);
  const kept = {
    a: keptOf(hopes(a.subarray(core.aStart, core.aEnd), inB, commonFrom(span.aEnd - span.aStart)), core.aStart, changed.a),
    b: keptOf(hopes(b.subarray(core.bStart, core.bEnd), inA, commonFrom(span.bEnd - span.bStart)), core.bStart, changed.b),
  };
  for (let at = span.aStart; at < span.aEnd; at += 1) add(inA, a[at], -1);
  for (let at = span.bStart; at < span.bEnd; at += 1) add(inB, b[at], -1);
  return kept;
}

function add(count: Int32Array, id: number | undefined, by: number): void {
  count[id ?? 0] = (count[id ?? 0] ?? 0) + by;
}

function commonFrom(lines: number): number {
  return Math.min(roughRoot(lines), PARTNERS_MAX);
}

/** The power of two next to the square root. */
export function roughRoot(value: number): number {
  return 2 ** Math.ceil((32 - Math.clz32(value)) / 2);
}

function hopes(ids: Int32Array, partners: Int32Array, commonFrom: number): Uint8Array {
  return Uint8Array.from(ids, (id) => {
    const count = partners[id] ?? 0;
    return count === 0 ? HOPELESS : count < commonFrom ? HOPEFUL : COMMON;
  });
}

function keptOf(hope: Uint8Array, start: number, changed: Uint8Array): Int32Array {
  const kept = new Int32Array(hope.length);
  let size = 0;
  for (let at = 0; at < hope.length; at += 1) {
    if (hope[at] === HOPEFUL || (hope[at] === COMMON && !isLostAmongHopeless(hope, at))) {
      kept[size] = start + at;
      size += 1;
    } else {
      changed[start + at] = 1;
    }
  }
  return kept.subarray(0, size);
}

/** Both ways up to the next hopeful line there are hopeless ones, and they outnumber the common ones by far. */
function isLostAmongHopeless(hope: Uint8Array, at: number): boolean {
  const before = neighbours(hope, at, -1);
  const behind = neighbours(hope, at, 1);
  if (before.hopeless === 0 || behind.hopeless === 0) return false;
  const common = before.common + behind.common + 2;
  return common * COMMON_SHARE < common + before.hopeless + behind.hopeless;
}

function neighbours(hope: Uint8Array, at: number, step: 1 | -1): { readonly hopeless: number; readonly common: number } {
  let [hopeless, common] = [0, 0];
  for (let far = 1; far <= NEIGHBOURS_MAX; far += 1) {
    const kind = hope[at + step * far];
    if (kind === HOPELESS) hopeless += 1;
    else if (kind === COMMON) common += 1;
    else break;
  }
  return { hopeless, common };
}
