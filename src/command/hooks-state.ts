// Whether this clone's hooks tell Maestro of pushes. Reads, changes nothing.
import { findRepository } from '../hook/repository.ts';
import { statusOf } from '../hook/status.ts';

export type HooksState = 'installed' | 'partly' | 'missing' | 'unknown';

export function hooksState(clone: string): HooksState {
  try {
    const states = statusOf(findRepository(clone)).hooks.map((hook) => hook.state);
    if (states.every((state) => state === 'installed')) return 'installed';
    return states.some((state) => state === 'installed' || state === 'outdated') ? 'partly' : 'missing';
  } catch {
    // A hint, no more: what is wrong with the clone is said by whoever needs it.
    return 'unknown';
  }
}
