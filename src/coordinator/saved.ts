// Waits at the counter until what was said is written down, and says so where the ledger takes nothing just now. Decides nothing.
import { MaestroError } from '../error.ts';
import type { RefName } from '../merge/branch.ts';
import type { Clock } from '../port/clock.ts';
import type { Coordinator } from './coordinator.ts';

/** Far above what a turn takes. */
const SAVED_MS_MAX = 5_000;

/** Resolves when the lane's next turn is saved. Throws `disk` where it cannot be: what was said is kept in mind, and counts once it is. */
export async function untilSaved(coordinator: Pick<Coordinator, 'turned' | 'unsaved'>, target: RefName, clock: Clock): Promise<void> {
  const turned = coordinator.turned(target).then(() => true as const);
  let forget = (): void => undefined;
  const late = new Promise<false>((resolve) => {
    forget = clock.after(SAVED_MS_MAX, () => resolve(false));
  });
  const isSaved = await Promise.race([turned, late]).finally(forget);
  const why = isSaved ? null : coordinator.unsaved(target);
  if (why === null) return void await turned;
  turned.catch(() => undefined);
  throw new MaestroError('disk', `this is not written down yet, and counts once it is: ${why}`, { retryable: true, next: 'maestro status' });
}
