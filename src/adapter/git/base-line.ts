// Merge bases of a target that moves merge by merge and is asked about at each step: the way from its tip down to the base is kept and made
// longer, or each step would walk all steps before it. Exact whatever the clocks said; null where the whole walk has to be made.
import type { Oid } from '../../merge/branch.ts';
import { findMeeting } from './base.ts';
import type { Line, Meeting, ReadAncestor } from './base.ts';

/** One a lane, as far as lanes take turns. */
const LINES_MAX = 8;
const LINE_COMMITS_MAX = 20_000;
const OWN_COMMITS_MAX = 128;
/** As many as one push lands, and then some. */
const MERGES_BEHIND_MAX = 128;

export type BaseFinder = {
  bases(a: Oid, b: Oid): Promise<readonly Oid[] | null>;
  /** The same, and what `b` has beyond `a`. */
  meeting(a: Oid, b: Oid): Promise<Met | null>;
};

type Met = Pick<Meeting, 'bases' | 'own'>;

export function baseFinder(read: ReadAncestor): BaseFinder {
  let lines: readonly Line[] = [];
  const keep = (line: Line): void => void (lines = [line, ...lines.filter((other) => other !== line && other.tip !== line.tip)].slice(0, LINES_MAX));
  const ending = (tip: Oid): Line | null => lines.find((line) => line.tip === tip) ?? null;

  const fromLine = async (line: Line | null, tip: Oid, other: Oid): Promise<Met | null> => {
    if (line?.tip !== tip) return null;
    keep(line);
    const way = await wayTo(read, line, other);
    // While it was walked somebody else may have made the line longer: then it says nothing of this tip.
    const base = way === null || line.tip !== tip ? null : onlyOne(way.met);
    return way === null || base === null ? null : { bases: [base], own: [...way.walked].filter((oid) => !way.met.has(oid)) };
  };

  const walk = async (a: Oid, b: Oid): Promise<Met | null> => {
    const found = await findMeeting(read, a, b);
    if (found === null) return null;
    if (found.line !== null) keep(found.line);
    return { bases: found.bases, own: found.own };
  };

  return {
    bases: async (a, b) => {
      const line = ending(a) ?? ending(b) ?? await upTo(read, lines, a) ?? await longer(read, lines, b);
      const met = line?.tip === b ? await fromLine(line, b, a) : await fromLine(line, a, b);
      return (met ?? await walk(a, b))?.bases ?? null;
    },
    meeting: async (a, b) => await fromLine(ending(a) ?? await upTo(read, lines, a), a, b) ?? walk(a, b),
  };
}

/** A line that ended some merges before `tip`, up to `tip`. */
async function upTo(read: ReadAncestor, lines: readonly Line[], tip: Oid): Promise<Line | null> {
  const merges: Oid[] = [];
  for (let at: Oid | undefined = tip; !lines.some((line) => line.tip === at); at = (await read(at))?.parents[0]) {
    if (at === undefined || lines.length === 0 || merges.length >= MERGES_BEHIND_MAX) return null;
    merges.push(at);
  }
  let line: Line | null = null;
  for (const merge of merges.toReversed()) {
    line = await longer(read, lines, merge);
    if (line === null) return null;
  }
  return line;
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
