// What became of both sides' lines in a conflict, hunk by hunk: kept, or dropped and lost. Bytes as latin1; knows no process.
import { linesOf } from '../../engine/line/region.ts';
import { backTest, lostTest } from '../../consensus/drop.ts';
import type { Option } from '../../merge/request.ts';
import { bare, speaks } from '../../resolution/line.ts';
import { countLines, type Segment } from './marker.ts';
import { textIn } from './text.ts';

export type Ledger = Option['ledger'];
export type SideName = 'ours' | 'theirs';
/** The whole file on each side. */
export type Versions = { readonly base: string | null; readonly ours: string; readonly theirs: string };
/** Lines of one side in one hunk. `isLost`: work of that side is missing, a line it took out that stands again included. */
type Fate = { readonly kept: number; readonly dropped: number; readonly isLost: boolean };
export type HunkFate = Readonly<Record<SideName, Fate>>;

const NO_LINES: Ledger = { keptOurs: 0, keptTheirs: 0, droppedOurs: 0, droppedTheirs: 0 };

/** Every hunk as one side has it: all lines of the other are dropped, but for those whose words the taken side has, too. */
export function fatesTaking(segments: readonly Segment[], versions: Versions, taken: SideName): readonly HunkFate[] {
  const other = taken === 'ours' ? 'theirs' : 'ours';
  const file = readable(versions);
  const lost = lostTest(file.versions)(file.versions[taken]);
  const isBack = backTest(file.versions, other);
  const hunks = conflictsIn(segments);
  const fates = hunks.map((hunk): Fate => {
    const lines = linesOf(hunk[other]).map(file.said);
    const own = lines.filter((line) => isOwn(line, file.bareBase));
    const standing = own.filter((line) => !lost({ side: other, text: line })).length;
    const dropped = own.length > 0 && standing === own.length ? 0 : lines.length - standing;
    return { kept: lines.length - dropped, dropped, isLost: dropped > 0 || isBack(file.said(hunk[taken])) };
  });
  const isAnyLost = fates.some(({ isLost }) => isLost);
  return hunks.map((hunk, at): HunkFate => {
    const stays: Fate = { kept: countLines(hunk[taken]), dropped: 0, isLost: false };
    const fate = fates[at] ?? stays;
    // Where a side has no line nothing tells what it took out from what it never had: such a hunk goes with the others.
    const gone = { ...fate, isLost: fate.isLost || (isAnyLost && hunk[other] === '') };
    return taken === 'ours' ? { ours: stays, theirs: gone } : { ours: gone, theirs: stays };
  });
}

/** Whatever a text put into the hunks. A line that base had is nobody's to lose, and white space does not count. */
export function fatesIn(segments: readonly Segment[], versions: Versions, content: string): readonly HunkFate[] {
  const file = readable(versions);
  const text = file.said(content);
  const there = new Set(linesOf(text).map(bare));
  const lost = lostTest(file.versions)(text);
  const fateOf = (side: SideName, hunk: string): Fate => {
    const lines = linesOf(hunk).map(file.said);
    const missing = lines.filter((line) => !there.has(bare(line)));
    const own = missing.filter((line) => isOwn(line, file.bareBase));
    const dropped = own.filter((line) => lost({ side, text: line })).length;
    return { kept: lines.length - missing.length + own.length - dropped, dropped, isLost: dropped > 0 };
  };
  return conflictsIn(segments).map(({ ours, theirs }) => ({ ours: fateOf('ours', ours), theirs: fateOf('theirs', theirs) }));
}

/** Of all hunks together. */
export function ledgerOf(fates: readonly HunkFate[]): Ledger {
  return fates.map(({ ours, theirs }): Ledger => ({ keptOurs: ours.kept, keptTheirs: theirs.kept, droppedOurs: ours.dropped, droppedTheirs: theirs.dropped })).reduce(sum, NO_LINES);
}

export function sum(a: Ledger, b: Ledger): Ledger {
  return { keptOurs: a.keptOurs + b.keptOurs, keptTheirs: a.keptTheirs + b.keptTheirs, droppedOurs: a.droppedOurs + b.droppedOurs, droppedTheirs: a.droppedTheirs + b.droppedTheirs };
}

function isOwn(line: string, base: ReadonlySet<string>): boolean {
  const said = bare(line);
  return speaks(said) && !base.has(said);
}

function conflictsIn(segments: readonly Segment[]): readonly Extract<Segment, { kind: 'conflict' }>[] {
  return segments.flatMap((segment) => segment.kind === 'conflict' ? [segment] : []);
}

/** As characters where all of it is UTF-8, else byte by byte. */
function readable({ base, ours, theirs }: Versions): { readonly versions: Versions; readonly bareBase: ReadonlySet<string>; readonly said: (bytes: string) => string } {
  const isText = [base ?? '', ours, theirs].every((bytes) => textIn(Buffer.from(bytes, 'latin1')) !== null);
  const said = (bytes: string): string => isText ? Buffer.from(bytes, 'latin1').toString('utf8') : bytes;
  const versions = { base: base === null ? null : said(base), ours: said(ours), theirs: said(theirs) };
  return { versions, bareBase: new Set(linesOf(versions.base ?? '').map(bare)), said };
}
