// How outcomes move confidence: towards what happened, most where it happened, never against the order, never far on little.
import { expect, test } from 'vitest';
import { SHIPPED_TRUST, trusted, trustFrom, type Outcome, type Place } from '../../src/resolution/trust.ts';

const A: Place = { path: 'a.ts', merge: null };

test('without outcomes chances stay what they are', () => {
  expect(trustFrom([])).toEqual(SHIPPED_TRUST);
  expect(trusted(SHIPPED_TRUST, A, 0.7)).toBeCloseTo(0.7);
});

test('a ranking that was right more often than it said is believed more, and less where it was wrong', () => {
  expect(trusted(trustFrom(outcomes(0.7, 72, 8)), A, 0.7)).toBeGreaterThan(0.77);
  expect(trusted(trustFrom(outcomes(0.7, 32, 48)), A, 0.7)).toBeLessThan(0.6);
});

test('what happened to a file says most of files of its name, less of its kind, little of others', () => {
  const trust = trustFrom(outcomes(0.7, 4, 16, { path: 'CHANGELOG.md', merge: null }));
  const [name, kind, other] = ['docs/CHANGELOG.md', 'HISTORY.md', 'a.ts'].map((path) => trusted(trust, { path, merge: null }, 0.7));
  expect(name).toBeLessThan(0.5);
  expect(kind).toBeGreaterThan(name ?? 1);
  expect(other).toBeGreaterThan(kind ?? 1);
  expect(other).toBeGreaterThan(0.6);
});

test('what happened to one merge says more of its other files than of anything else', () => {
  const trust = trustFrom(outcomes(0.7, 0, 4, { path: 'a.ts', merge: 7 }));
  const [same, another] = [7, 8].map((merge) => trusted(trust, { path: 'b.py', merge }, 0.7));
  expect(same).toBeLessThan(0.5);
  expect(another).toBeGreaterThan(0.65);
});

test('one outcome moves next to nothing', () => {
  expect(trusted(trustFrom(outcomes(0.8, 0, 1)), A, 0.8)).toBeGreaterThan(0.74);
});

test('what was likelier stays likelier, whatever happened', () => {
  const trust = trustFrom([...outcomes(0.9, 0, 60), ...outcomes(0.2, 60, 0)]);
  const chances = [0.1, 0.3, 0.5, 0.7, 0.9].map((chance) => trusted(trust, A, chance));
  expect(chances).toEqual(chances.toSorted((a, b) => a - b));
});

test('however sure and wrong it was, the answer settles', () => {
  const chance = trusted(trustFrom(outcomes(0.99, 0, 400)), A, 0.99);
  expect(chance).toBeGreaterThan(0);
  expect(chance).toBeLessThan(0.1);
});

test('nobody is ever certain', () => {
  expect(trusted(trustFrom(outcomes(0.95, 400, 0)), A, 0.99)).toBeLessThan(0.99);
});

function outcomes(chance: number, right: number, wrong: number, place: Place = A): readonly Outcome[] {
  return [...Array.from({ length: right }, () => ({ ...place, chance, right: true })), ...Array.from({ length: wrong }, () => ({ ...place, chance, right: false }))];
}
