// What may be spent on minds in a day, and that it is counted before it is spent.
import { expect, test } from 'vitest';
import { Budget, paidByBoth, Tally, type Spent } from '../../src/adapter/voter/budget.ts';
import { scriptedVoter, readScript } from '../../src/adapter/voter/scripted.ts';
import { NEVER, question } from '../harness/question.ts';

const DAY_MS = 86_400_000;

function budget(spent: Spent = { day: 0, calls: 0, tokens: 0 }) {
  const kept: Spent[] = [];
  return { kept, budget: new Budget({ callsPerDay: 3, tokensPerDay: 100 }, new Tally(spent, (now) => kept.push(now))) };
}

test('what does not fit takes nothing', () => {
  const { budget: day, kept } = budget();
  expect([day.take(2, 50, 0), day.take(2, 10, 0), day.take(1, 60, 0), day.take(1, 50, 0), day.take(1, 0, 0)]).toEqual([true, false, false, true, false]);
  expect(kept).toEqual([{ day: 0, calls: 2, tokens: 50 }, { day: 0, calls: 3, tokens: 100 }]);
});

test('a new day begins with nothing spent', () => {
  const { budget: day } = budget({ day: 0, calls: 3, tokens: 100 });
  expect([day.take(1, 1, DAY_MS - 1), day.take(1, 1, DAY_MS)]).toEqual([false, true]);
});

test('a restart goes on where the last run was', () => {
  const first = budget();
  first.budget.take(3, 90, 0);
  const second = budget(first.kept.at(-1));
  expect(second.budget.take(1, 1, 0)).toBe(false);
});

test('an estimate is corrected, and never below nothing', () => {
  const { budget: day, kept } = budget();
  day.take(1, 90, 0);
  day.settle(90, 10, 0);
  day.settle(90, 10, 0);
  expect(kept.map(({ tokens }) => tokens)).toEqual([90, 10, 0]);
});

test.each([[1e308, 90], [Infinity, 90], [Number.NaN, 90], [-1, 90], [10.5, 90], [10 ** 15, 360], [0, 0]])('a provider that says %d tokens were used of 90 leaves %d', (used, left) => {
  const { budget: day, kept } = budget();
  day.take(1, 90, 0);
  day.settle(90, used, 0);
  expect(kept.at(-1)).toEqual({ day: 0, calls: 1, tokens: left });
});

test('each has its own limits on what all of them spent', () => {
  const kept: Spent[] = [];
  const tally = new Tally({ day: 0, calls: 0, tokens: 0 }, (now) => kept.push(now));
  const [wide, narrow] = [8, 3].map((callsPerDay) => new Budget({ callsPerDay, tokensPerDay: 100 }, tally));
  expect([wide?.take(3, 1, 0), narrow?.take(1, 1, 0), wide?.take(5, 1, 0), wide?.take(1, 1, 0)]).toEqual([true, false, true, false]);
  expect(kept.at(-1)).toEqual({ day: 0, calls: 8, tokens: 2 });
});

test('where two pay they both do, or neither does', () => {
  const [one, other, all] = [budget(), budget(), budget()];
  const [first, second] = [paidByBoth(one.budget, all.budget), paidByBoth(other.budget, all.budget)];
  expect([first.take(2, 40, 0), second.take(2, 10, 0), second.take(1, 40, 0), first.take(1, 1, 0)]).toEqual([true, false, true, false]);
  second.settle(40, 10, 0);
  expect([one, other, all].map(({ kept }) => kept.at(-1))).toEqual([{ day: 0, calls: 2, tokens: 40 }, { day: 0, calls: 1, tokens: 10 }, { day: 0, calls: 3, tokens: 50 }]);
});

test('a scripted voter says what was written down for path and round', async () => {
  const [voter] = readScript(JSON.stringify({ voters: [{ name: 'ada', family: 'scripted', answers: [{ path: 'other.ts', abstains: 'no' }, { round: 1, prefers: 'log();', probability: 0.7, comment: 'keeps both' }, { prefers: 'none' }] }] }));
  expect(await voter?.vote(question(), NEVER)).toMatchObject({ voter: 'ada', probabilities: { o1: expect.closeTo(0.15), o2: 0.7, none: expect.closeTo(0.15) }, comment: 'keeps both' });
  expect(await voter?.vote(question({ round: 2 }), NEVER)).toMatchObject({ probabilities: { none: 0.9 } });
  expect(await voter?.vote(question({ path: 'other.ts' }), NEVER)).toMatchObject({ why: 'no' });
});

test.each(['', '[]', '{"voters":[{"name":"ada"}]}', '{"voters":[{"name":"a","family":"f","answers":[{"prefer":"o1"}]}]}'])('a script that is none is refused: %s', (json) => {
  expect(() => readScript(json)).toThrow('the script of voters is not readable');
});

test('a scripted voter proposes what was written down, and abstains where nothing was', async () => {
  const voter = scriptedVoter({ name: 'ada', family: 'scripted', answers: [{ round: 3, proposes: ['x\n'] }] });
  expect(await voter.propose(question({ round: 3 }), NEVER)).toEqual(['x\n']);
  expect(await voter.propose(question(), NEVER)).toBeNull();
  expect(await voter.vote(question(), NEVER)).toMatchObject({ why: 'nothing was written down for it' });
});
