// What subscribers are told, at once and in order. Whatever a listener does in answer is told after all have heard the first thing.
import { MaestroError } from '../../error.ts';
import type { Commit } from '../object/commit.ts';

export type RepositoryEvent =
  /** `by`: the agent, as the commit's author is called. */
  | { readonly kind: 'committed'; readonly branch: string; readonly commit: Commit; readonly by: string }
  | { readonly kind: 'merged'; readonly branch: string; readonly from: string; readonly commit: Commit; readonly by: string }
  | { readonly kind: 'moved'; readonly branch: string; readonly from: Commit | null; readonly to: Commit | null }
  /** Two branches with work in progress no longer go together, since this commit. `sure` false: the engine cannot say how Git would merge them. */
  | { readonly kind: 'collision'; readonly branches: readonly [string, string]; readonly paths: readonly string[]; readonly commit: Commit; readonly sure: boolean }
  | { readonly kind: 'collision-over'; readonly branches: readonly [string, string]; readonly commit: Commit }
  | { readonly kind: 'saved'; readonly commits: number };

export type Listener = (event: RepositoryEvent) => void;

export const LISTENERS_MAX = 1024;
const WAITING_EVENTS_MAX = 10_000;

export class Bell {
  readonly #listeners = new Set<{ readonly hear: Listener }>();
  readonly #onFault: (error: unknown) => void;
  #waiting: RepositoryEvent[] = [];
  #isRinging = false;

  /** `onFault`: what a listener threw, after all others heard. */
  constructor(onFault: (error: unknown) => void) {
    this.#onFault = onFault;
  }

  get isHeard(): boolean {
    return this.#listeners.size > 0;
  }

  /** The returned function ends it. */
  subscribe(hear: Listener): () => void {
    if (this.#listeners.size >= LISTENERS_MAX) throw new MaestroError('engine-full', `more than ${LISTENERS_MAX} subscribers`);
    const listener = { hear };
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  ring(event: RepositoryEvent): void {
    if (this.#listeners.size === 0) return;
    if (this.#waiting.length >= WAITING_EVENTS_MAX) throw new MaestroError('engine-full', 'listeners make more events than they hear');
    this.#waiting.push(event);
    if (this.#isRinging) return;
    this.#isRinging = true;
    try {
      for (let at = 0; at < this.#waiting.length; at += 1) this.#tell(this.#waiting[at]);
    } finally {
      this.#waiting = [];
      this.#isRinging = false;
    }
  }

  #tell(event: RepositoryEvent | undefined): void {
    if (event === undefined) return;
    const faults: unknown[] = [];
    for (const { hear } of this.#listeners) {
      try {
        hear(event);
      } catch (error) {
        faults.push(error);
      }
    }
    for (const fault of faults) this.#onFault(fault);
  }
}
