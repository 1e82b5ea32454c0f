// Save before perform: writes down what a turn came to, and again where it is not sure to be written.
import { MaestroError } from '../error.ts';
import type { RefName } from '../merge/branch.ts';
import type { Lane } from '../merge/lane.ts';
import type { View } from '../merge/turn.ts';
import type { Clock } from '../port/clock.ts';
import type { Store } from '../port/store.ts';
import type { Plan } from '../queue/plan.ts';

const RETRY_MS = 2_000;

/** What one turn of the lane `before` came to. */
export type Decision = { readonly before: Lane; readonly view: View; readonly next: Plan };

export class Scribe {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #ring: (target: RefName) => void;
  readonly #fatal: (error: MaestroError) => void;
  readonly #unsaved = new Map<RefName, Decision>();
  /** Why something is not saved, in words. */
  trouble: string | null = null;

  /** `ring`: the lane has something to save again. `fatal`: another one writes now, or the ledger cannot be written at all. */
  constructor(store: Store, clock: Clock, ring: (target: RefName) => void, fatal: (error: MaestroError) => void) {
    this.#store = store;
    this.#clock = clock;
    this.#ring = ring;
    this.#fatal = fatal;
  }

  get unsaved(): readonly Decision[] {
    return [...this.#unsaved.values()];
  }

  /** What the disk refused of this lane, or only its answer was lost: to be saved, the very same, before the lane decides anything else. */
  of(target: RefName): Decision | null {
    return this.#unsaved.get(target) ?? null;
  }

  /** False when it is not saved: now, after a disk that refuses; for ever, after a fatal error. */
  async save(token: number, decision: Decision): Promise<boolean> {
    const { before: { target, version }, next: { events } } = decision;
    if (events.length === 0) return true;
    try {
      await this.#store.append(token, target, version, events);
    } catch (error) {
      if (error instanceof MaestroError && error.code === 'disk') this.#saveLater(target, decision, error);
      else this.#fatal(error instanceof MaestroError ? error : new MaestroError('internal', 'the ledger could not be written', { cause: error }));
      return false;
    }
    this.#unsaved.delete(target);
    this.trouble = null;
    return true;
  }

  #saveLater(target: RefName, decision: Decision, error: MaestroError): void {
    this.trouble = error.message;
    this.#unsaved.set(target, decision);
    this.#clock.after(RETRY_MS, () => this.#ring(target));
  }
}
