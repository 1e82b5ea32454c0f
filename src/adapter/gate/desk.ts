// Who gets which slot: at most so many at once, the others wait in order. Knows no git and no command.
import { MaestroError } from '../../error.ts';
import type { Oid } from '../../merge/branch.ts';
import { stoppedEarly } from './failure.ts';
import type { Slot } from './slot.ts';

const WAITING_MAX = 10_000;

type Waiting = { readonly tree: Oid; readonly take: (slot: Slot) => void };

export class Desk {
  /** Last used last. */
  readonly #idle: Slot[];
  readonly #waiting: Waiting[] = [];

  constructor(slots: readonly Slot[]) {
    this.#idle = [...slots];
  }

  /** Rejects when `abort` comes first. */
  async take(tree: Oid, abort: AbortSignal): Promise<Slot> {
    if (abort.aborted) throw stoppedEarly();
    const free = this.#bestFor(tree);
    if (free !== null) return free;
    if (this.#waiting.length >= WAITING_MAX) throw new MaestroError('internal', `more than ${WAITING_MAX} gates wait`, { retryable: true });
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(stoppedEarly());
      };
      const waiting: Waiting = {
        tree,
        take: (slot) => {
          abort.removeEventListener('abort', leave);
          resolve(slot);
        },
      };
      abort.addEventListener('abort', leave, { once: true });
      this.#waiting.push(waiting);
    });
  }

  give(slot: Slot): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(slot);
    else next.take(slot);
  }

  /** The slot that holds this tree already, else the warmest: neighbours in a lane differ by little. */
  #bestFor(tree: Oid): Slot | null {
    const same = this.#idle.findIndex((slot) => slot.tree === tree);
    const at = same === -1 ? this.#idle.length - 1 : same;
    return this.#idle.splice(at, 1)[0] ?? null;
  }
}
