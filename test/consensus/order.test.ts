// Anonymous options in an order of each voter's own, asked both ways.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bothOrders, labelOf, presentations, unmask } from '../../src/consensus/order.ts';
import { ballot, whyNot } from './room.ts';

const IDS = ['o1', 'o2', 'o3', 'o4'];

test('the same seed and voter see the same order, and then the reverse', () => {
  const [forwards, backwards] = presentations(IDS, 'seed', 'claude');
  expect(presentations(IDS.toReversed(), 'seed', 'claude')[0]).toEqual(forwards);
  expect(backwards.shown).toEqual(forwards.shown.toReversed());
  expect(forwards.shown.toSorted()).toEqual(IDS);
});

test('no place belongs to an option', () => {
  const first = (seed: number): string => presentations(IDS, `seed ${seed}`, 'claude')[0].shown[0] ?? '';
  const times = Map.groupBy(Array.from({ length: 400 }, (_, seed) => first(seed)), (id) => id);
  for (const id of IDS) expect(times.get(id)?.length).toBeGreaterThan(60);
});

test('a vote gets the room names back, in its words too', () => {
  const shown = { shown: ['o3', 'o1', 'o2'] };
  const vote = unmask(ballot('claude', { o1: 0.8, o2: 0.1, o3: 0.05 }, { reasons: ['o1 is better than o2'], comment: 'o9 is unknown' }), shown);
  expect(vote).toMatchObject({ probabilities: { o3: 0.8, o1: 0.1, o2: 0.05 }, reasons: ['o3 is better than o1'], comment: 'o9 is unknown' });
});

describe('both orders', () => {
  const [good, bad] = [ballot('claude', { o1: 0.8, o2: 0.1 }), ballot('claude', { o1: 0.1, o2: 0.8 })];

  test('that agree are one vote', () => expect(bothOrders(good, ballot('claude', { o1: 0.6, o2: 0.3 }))).toMatchObject({ probabilities: { o1: 0.7, o2: 0.2 } }));
  test('that disagree are none', () => expect(whyNot(bothOrders(good, bad))).toBe('answered differently when the order was turned'));
  test('keep a veto that either holds', () => expect(bothOrders(good, { ...bad, veto: { code: 'auth', why: '' } })).toMatchObject({ veto: { code: 'auth' } }));
});

test('who always takes the first shown has no vote', () => {
  fc.assert(fc.property(fc.string(), fc.integer({ min: 2, max: 6 }), (seed, size) => {
    const ids = Array.from({ length: size }, (_, place) => labelOf(place));
    const greedy = Object.fromEntries(ids.map((id, place) => [id, place === 0 ? 0.9 : 0]));
    const [forwards, backwards] = presentations(ids, seed, 'greedy').map((shown) => unmask(ballot('greedy', greedy), shown));
    return forwards !== undefined && backwards !== undefined && whyNot(bothOrders(forwards, backwards)) !== '';
  }));
});
