// Whoever waits for a lane's next turn to be saved, and is told when no turn will be any more. Knows no lane.
import type { MaestroError } from '../error.ts';
import type { RefName } from '../merge/branch.ts';

export class Audience {
  readonly #waiting = new Map<RefName, PromiseWithResolvers<void>[]>();
  /** Why nothing more is saved here; null while it is. */
  #ended: MaestroError | null = null;

  /** Resolves with the lane's next `tell`; throws what `end` says. */
  wait(target: RefName): Promise<void> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    const waiting = Promise.withResolvers<void>();
    this.#waiting.set(target, [...(this.#waiting.get(target) ?? []), waiting]);
    return waiting.promise;
  }

  tell(target: RefName): void {
    const waiting = this.#waiting.get(target) ?? [];
    this.#waiting.delete(target);
    for (const { resolve } of waiting) resolve();
  }

  end(error: MaestroError): void {
    this.#ended ??= error;
    for (const { reject } of [...this.#waiting.values()].flat()) reject(this.#ended);
    this.#waiting.clear();
  }
}
