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

/** What brings a config that was written here onto its target. Once the hooks are there they hold back a push past Maestro. */
export function publishing(path: string, hooks: HooksState): string {
  return `git add ${path} && git commit -m "Maestro's rules" && ${hooks === 'installed' ? 'MAESTRO_DIRECT=1 ' : ''}git push`;
}
