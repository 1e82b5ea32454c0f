// What led one part of the base leads the new part that a side put before it: where both sides did that, it is written once.
import { bare, linesOf } from '../line.ts';
import type { Block } from './block.ts';
import type { Sides } from './contested.ts';
import { newcomers } from './newcomer.ts';
import { endOfValue } from './scan.ts';

type Whole = { readonly base: Block | null; readonly ours: Block; readonly theirs: Block };

/** The texts in their order: of two new parts that took the same lead from one part, the second goes without. */
export function ledOnce(whole: Whole, sides: Sides, order: readonly string[], texts: ReadonlyMap<string, string>): readonly string[] {
  const led = new Map(texts);
  const place = new Map(order.map((key, at) => [key, at]));
  for (const { mine, yours, taken } of takenTwice(whole, sides)) {
    const [one, two] = [place.get(mine) ?? -1, place.get(yours) ?? -1];
    if (one < 0 || two < 0 || one === two) continue;
    const second = one > two ? mine : yours;
    const text = led.get(second) ?? '';
    if (text.startsWith(taken)) led.set(second, (whole.ours.joint === ',' ? lineEndOf(taken) : '') + text.slice(taken.length));
  }
  return order.map((key) => led.get(key) ?? '');
}

type Taken = { /** Keys of new parts. */ readonly mine: string; readonly yours: string; /** Whole lines. */ readonly taken: string };

function takenTwice({ base, ours, theirs }: Whole, sides: Sides): readonly Taken[] {
  if (base === null) return [];
  const [mine, yours] = [newcomers(sides.base, sides.ours), newcomers(sides.base, sides.theirs)];
  const [inOurs, inTheirs] = [leadsByKey(sides.ours), leadsByKey(sides.theirs)];
  const places = [
    ...sides.base.map(({ key, lead }) => ({ lead, left: [inOurs.get(key) ?? '', inTheirs.get(key) ?? ''] })),
    { lead: endOf(base), left: [endOf(ours), endOf(theirs)] },
  ];
  const takers = new Map([...new Set([...mine, ...yours])].map((parts) => [parts, takersIn(parts)]));
  return places.flatMap(({ lead, left }, at) => {
    const start = startOf(lead);
    const [one, two] = [mine[at], yours[at]].map((parts) => parts === undefined || start === '' ? undefined : takers.get(parts)?.get(start));
    if (one === undefined || two === undefined) return [];
    const taken = common(one.lead, common(two.lead, lead));
    return taken === '' || left.some((rest) => rest.startsWith(taken)) ? [] : [{ mine: one.key, yours: two.key, taken }];
  });
}

/** The parts by how their leads start, of each start the first. */
function takersIn(parts: readonly Block[]): ReadonlyMap<string, Block> {
  return new Map(parts.toReversed().map((part) => [startOf(part.lead), part]));
}

/** The lines up to the first that is not blank; none where all are. */
function startOf(lead: string): string {
  const lines = linesOf(lead);
  return lines.slice(0, lines.findIndex((line) => bare(line) !== '') + 1).join('');
}

/** The lines that both start with, up to the last that is not blank. */
function common(a: string, b: string): string {
  const [one, two] = [linesOf(a), linesOf(b)];
  const different = one.findIndex((line, at) => line !== two[at]);
  const same = different < 0 ? one : one.slice(0, different);
  return same.slice(0, same.findLastIndex((line) => bare(line) !== '') + 1).join('');
}

/** What would lead a part behind the last: the tail, and the comment that the last part of a comma list ends with. */
function endOf({ parts, tail, joint, syntax }: Block): string {
  const last = parts?.at(-1)?.text ?? '';
  return syntax === null || joint !== ',' ? tail : last.slice(endOfValue(last, syntax).end) + tail.replace(/^,/, '');
}

function leadsByKey(parts: readonly Block[]): ReadonlyMap<string, string> {
  return new Map(parts.map((part) => [part.key, part.lead]));
}

function lineEndOf(text: string): string {
  return text.endsWith('\r\n') ? '\r\n' : '\n';
}
