// The merge base found in memory: held against its definition on small random histories, and what a long one costs.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { baseFinder } from '../../src/adapter/git/base-line.ts';
import { findMeeting, type Ancestor } from '../../src/adapter/git/base.ts';
import { parseOid, type Oid } from '../../src/merge/branch.ts';

const RUNS = 6000;
const histories = fc.array(fc.record({ parents: fc.uniqueArray(fc.nat(), { maxLength: 2 }), late: fc.nat({ max: 3 }) }), { minLength: 2, maxLength: 14 });

test('one base is the base; several, or clocks too wrong to tell, are left to git', async () => {
  await fc.assert(fc.asyncProperty(histories, fc.nat(), fc.nat(), async (shape, one, other) => {
    const commits = shape.map(({ parents, late }, at) => commitOf(at, at === 0 ? [] : [...new Set(parents.map((parent) => parent % at))], at - late));
    const [a, b] = [one % commits.length, other % commits.length];
    const found = await findMeeting(readerOf(commits), oidOf(a), oidOf(b));
    const best = bestOf(commits, a, b);
    if (found === null) return;
    expect(found.bases).toEqual(best);
    for (const commit of onlyIn(commits, b, a)) expect(found.own).toContain(commit);
  }), { numRuns: 1000 });
});

/** Parents are near, so that many merges lie on one line. */
const lines = fc.array(fc.record({ back: fc.uniqueArray(fc.nat({ max: 3 }), { minLength: 1, maxLength: 2 }), late: fc.nat({ max: 6 }) }), { minLength: 4, maxLength: 14 });
const questions = fc.array(fc.record({ one: fc.nat(), other: fc.nat(), after: fc.nat({ max: 12 }) }), { minLength: 2, maxLength: 8 });

test('asked again and again, some at once, about tips on one line, it says the same', async () => {
  await fc.assert(fc.asyncProperty(lines, questions, async (shape, asked) => {
    const commits = shape.map(({ back, late }, at) => commitOf(at, at === 0 ? [] : [...new Set(back.map((by) => Math.max(0, at - 1 - by)))], at - late));
    const find = baseFinder(readerOf(commits));
    await Promise.all(asked.map(async ({ one, other, after }) => {
      const [a, b] = [one % commits.length, other % commits.length];
      for (let turn = 0; turn < after; turn += 1) await Promise.resolve();
      const [found, met] = await Promise.all([find.bases(oidOf(a), oidOf(b)), find.meeting(oidOf(a), oidOf(b))]);
      if (found !== null) expect(found).toEqual(bestOf(commits, a, b));
      if (met === null) return;
      expect(met.bases).toEqual(bestOf(commits, a, b));
      for (const commit of onlyIn(commits, b, a)) expect(met.own).toContain(commit);
    }));
  }), { numRuns: RUNS });
});

test('behind a thousand merges a base costs some looks at each commit, not one at each pair', async () => {
  const merges = 1000;
  let looks = 0;
  // 0 is the base, 1 to 1000 the tips on it, then the merges of each in a chain, and at last one more tip.
  const tip = 2 * merges + 1;
  const commits = Array.from({ length: tip + 1 }, (_, at) => commitOf(at, at === 0 ? [] : at <= merges || at === tip ? [0] : [at === merges + 1 ? 0 : at - 1, at - merges], at));
  const counted = commits.map(({ oid, parents, at }) => ({ oid, parents, get at() { looks += 1; return at; } }));
  expect(await findMeeting(readerOf(counted), oidOf(tip - 1), oidOf(tip))).toMatchObject({ bases: [oidOf(0)], own: [oidOf(tip)] });
  expect(looks / commits.length).toBeLessThan(25);
});

test('each merge on top of a thousand costs looks at its own commits only', async () => {
  const merges = 1000;
  const { find, looks } = laneOf(merges);
  for (let merge = 1; merge < merges; merge += 1) expect(await find.bases(oidOf(merges + merge), oidOf(merge + 1))).toEqual([oidOf(0)]);
  expect(looks()).toBeLessThan(10 * merges);
});

test('so does each push of some merges on top, asked what the next tips have beyond it', async () => {
  const merges = 1000;
  const { find, looks } = laneOf(merges);
  for (let merge = 32; merge + 32 < merges; merge += 32) {
    for (let next = 1; next <= 32; next += 1) expect(await find.meeting(oidOf(merges + merge), oidOf(merge + next))).toEqual({ bases: [oidOf(0)], own: [oidOf(merge + next)] });
  }
  expect(looks()).toBeLessThan(10 * merges);
});

/** 0 is the base, then as many tips on it, then the merges of each in a chain. */
function laneOf(merges: number) {
  const reader = readerOf(Array.from({ length: 2 * merges + 1 }, (_, at) => commitOf(at, at === 0 ? [] : at <= merges ? [0] : [at === merges + 1 ? 0 : at - 1, at - merges], at)));
  let looks = 0;
  const find = baseFinder((oid) => { looks += 1; return reader(oid); });
  return { find, looks: () => looks };
}

function commitOf(number: number, parents: readonly number[], at: number): Ancestor {
  return { oid: oidOf(number), parents: parents.map(oidOf), at };
}

function oidOf(number: number): Oid {
  const oid = parseOid(number.toString(16).padStart(40, '0'));
  if (oid === null) throw new Error('no id');
  return oid;
}

function readerOf(commits: readonly Ancestor[]): (oid: Oid) => Promise<Ancestor | null> {
  return (oid) => Promise.resolve(commits[Number.parseInt(oid, 16)] ?? null);
}

/** By definition: common ancestors that are no ancestors of another one. */
function bestOf(commits: readonly Ancestor[], a: number, b: number): readonly Oid[] {
  const ofB = above(commits, oidOf(b));
  const common = [...above(commits, oidOf(a))].filter((oid) => ofB.has(oid));
  return common.filter((oid) => !common.some((other) => other !== oid && above(commits, other).has(oid)));
}

function onlyIn(commits: readonly Ancestor[], one: number, other: number): readonly Oid[] {
  const there = above(commits, oidOf(other));
  return [...above(commits, oidOf(one))].filter((oid) => !there.has(oid));
}

function above(commits: readonly Ancestor[], oid: Oid): ReadonlySet<Oid> {
  return new Set([oid, ...(commits[Number.parseInt(oid, 16)]?.parents ?? []).flatMap((parent) => [...above(commits, parent)])]);
}
