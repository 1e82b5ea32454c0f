// What goes wrong, and how often. The world asks at every port call; chance answers.
import { MaestroError } from '../../src/error.ts';
import type { Random } from './random.ts';

/** Where a call goes: across the network, to the mirror, to the ledger, to a gate; a push is its own kind. */
export type Place = 'net' | 'local' | 'store' | 'gate' | 'push';
/** `before`: it did not happen. `after`: it happened, the answer is lost. `late`: the caller gave up, it still happens some time. */
export type Fate = 'ok' | 'slow' | 'before' | 'after' | 'late';
export type Faults = { fate(place: Place): Fate; error(place: Place): MaestroError; readonly counts: Map<string, number> };

export const NO_FAULTS: Faults = { fate: () => 'ok', error: errorOf, counts: new Map() };

/** `rate`: of a hundred calls so many go wrong. */
export function faultsOf(random: Random, rate: number, counts: Map<string, number>): Faults & { rate: number } {
  return {
    rate,
    counts,
    error: (place) => (place === 'gate' && random.chance(0.1) ? new MaestroError('internal', 'the gate broke') : errorOf(place)),
    fate(place) {
      if (this.rate === 0) return 'ok';
      if (random.chance(0.15)) return 'slow';
      const weight = place === 'push' ? 4 : place === 'local' ? 0.2 : place === 'store' ? 0.5 : 1;
      if (!random.chance((this.rate * weight) / 100)) return 'ok';
      const fate = pickFate(random, place);
      count(counts, `${place} ${NAMES[fate]}`);
      return fate;
    },
  };
}

export function count(counts: Map<string, number>, kind: string, by = 1): void {
  counts.set(kind, (counts.get(kind) ?? 0) + by);
}

const NAMES: Readonly<Record<Fate, string>> = { ok: 'ok', slow: 'slow', before: 'fails before', after: 'answer lost', late: 'arrives late' };

function pickFate(random: Random, place: Place): Fate {
  if (place === 'push') return random.pick(['before', 'after', 'after', 'late']);
  return random.chance(0.5) ? 'before' : 'after';
}

function errorOf(place: Place): MaestroError {
  switch (place) {
    case 'net': case 'push': return new MaestroError('unreachable', 'the remote did not answer', { retryable: true });
    case 'local': return new MaestroError('git-failed', 'git broke');
    case 'store': return new MaestroError('disk', 'the disk is full');
    case 'gate': return new MaestroError('disk', 'the gate could not start', { retryable: true });
  }
}
