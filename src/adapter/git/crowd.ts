// Branches that go with each of the others and not with all of them: found by landing them one on the other in memory, in the order that is advised.
import { landingOrder, type Crowds, type Standing } from '../../engine/radar/order.ts';
import type { Radar } from '../../engine/radar/radar.ts';
import type { Library } from './library.ts';
import { sharesCommit, type Live } from './own-history.ts';

/** What the engine has no word on stays as its pairs say. */
export async function crowdsOf(library: Library, radar: Radar, lives: ReadonlyMap<string, Live>, standings: readonly Standing[]): Promise<Crowds> {
  const ready = landingOrder(standings).filter(({ after, isStuck }) => !isStuck && after.length === 0).map(({ name }) => name);
  const crowds = new Map<string, readonly string[]>();
  // Two are a pair, and were merged.
  if (ready.length < 3) return crowds;
  const told = await library.answer((shelf) => radar.foresee(ready, (name, before) => isOnOneOf(name, before, lives), shelf));
  if (told.kind !== 'foreseen') return crowds;
  for (const [at, outcome] of told.outcomes.entries()) {
    const name = ready[at];
    if (outcome.kind !== 'conflict' || name === undefined) continue;
    const paths = new Set(outcome.clashes.map(({ path }) => path));
    const others = ready.slice(0, at).filter((other) => !crowds.has(other) && radar.pathsOf(other).some((path) => paths.has(path)));
    if (others.length > 0) crowds.set(name, others);
  }
  return crowds;
}

/** With commits in common beside the target's its base may be one of them: that is for the pair to say. */
function isOnOneOf(name: string, before: readonly string[], lives: ReadonlyMap<string, Live>): boolean {
  const own = lives.get(name)?.history?.own;
  return own === undefined || before.some((other) => {
    const theirs = lives.get(other)?.history?.own;
    return theirs === undefined || sharesCommit(own, theirs);
  });
}
