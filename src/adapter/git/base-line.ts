// Merge bases of a target that moves merge by merge and is asked about at each step: the way from its tip down to the base is kept and made
// longer, or each step would walk all steps before it. Exact whatever the clocks said; null where the whole walk has to be made.
import type { Oid } from '../../merge/branch.ts';
import { findMeeting } from './base.ts';
import type { Line, ReadAncestor } from './base.ts';

/** One a lane, as far as lanes take turns. */
const LINES_MAX = 8;
const LINE_COMMITS_MAX = 20_000;
const OWN_COMMITS_MAX = 128;

export function baseFinder(read: ReadAncestor): (a: Oid, b: Oid) => Promise<readonly Oid[] | null> {
  let lines: readonly Line[] = [];
  const ending = (tip: Oid): Line | null => lines.find((line) => line.tip === tip) ?? null;
  const keep = (line: Line): void => void (lines = [line, ...lines.filter((other) => other !== line && other.tip !== line.tip)].slice(0, LINES_MAX));

  const alongLine = async (a: Oid, b: Oid): Promise<Oid | null> => {
    const line = ending(a) ?? ending(b) ?? await longer(read, lines, a) ?? await longer(read, lines, b);
    if (line === null) return null;
    keep(line);
    const { tip } = line;
    const way = tip === a || tip === b ? await wayTo(read, line, tip === a ? b : a) : null;
    // While it was walked somebody else may have made the line longer: then it says nothing of this tip.
    return way === null || line.tip !== tip ? null : onlyOne(way.met);
  };

  return async (a, b) => {
    const base = await alongLine(a, b);
    if (base !== null) return [base];
    const found = await findMeeting(read, a, b);
    if (found !== null && found.line !== null) keep(found.line);
    return found?.bases ?? null;
  };
}

/** The line that ended one merge before `tip`, up to `tip`. */
async function longer(read: ReadAncestor, lines: readonly Line[], tip: Oid): Promise<Line | null> {
  const [before, ...others] = (await read(tip))?.parents ?? [];
  const line = lines.find((one) => one.tip === before);
  if (line === undefined || line.above.size > LINE_COMMITS_MAX) return null;
  const ways = await Promise.all(others.map((other) => wayTo(read, line, other)));
  if (line.tip !== before) return line.tip === tip ? line : null;
  if (ways.includes(null)) return null;
  for (const way of ways) for (const oid of way?.walked ?? []) line.above.add(oid);
  line.above.add(tip);
  line.tip = tip;
  return line;
}

/**
 * Every way down from `from` until it meets the line. All that was walked descends from the base then, so none of it is an ancestor of the base:
 * what is not in the line is not in the tip's history either. null: a way leads past it, or too far.
 */
async function wayTo(read: ReadAncestor, { above, beside }: Line, from: Oid): Promise<{ readonly walked: ReadonlySet<Oid>; readonly met: ReadonlySet<Oid> } | null> {
  const walked = new Set([from]);
  const met = new Set<Oid>();
  for (const oid of walked) {
    if (above.has(oid)) {
      met.add(oid);
      continue;
    }
    if (beside.has(oid) || walked.size > OWN_COMMITS_MAX) return null;
    const parents = (await read(oid))?.parents ?? [];
    if (parents.length === 0) return null;
    for (const parent of parents) walked.add(parent);
  }
  return { walked, met };
}

/** Of several commits that were met one may be below another. */
function onlyOne(met: ReadonlySet<Oid>): Oid | null {
  const [first, ...more] = met;
  return first === undefined || more.length > 0 ? null : first;
}
