// The remote as plain data: refs, the record of every move, pushes with a lease. Knows no coordinator; it is the truth of a simulation.
import type { Oid, RefName } from '../../src/merge/branch.ts';
import type { Testament } from '../../src/merge/testament.ts';
import type { History } from './history.ts';

export type Move = { readonly ref: RefName; readonly old: Oid | null; readonly new: Oid | null; readonly by: 'maestro' | 'agent' | 'person'; readonly intent: string | null; readonly late: boolean };
export type PushAnswer = { readonly kind: 'accepted' } | { readonly kind: 'stale' } | { readonly kind: 'refused'; readonly detail: string };
export type Push = { readonly ref: RefName; readonly old: Oid; readonly new: Oid; readonly intent: string; readonly records: readonly { readonly commit: Oid; readonly id: string; readonly certificate: string }[] };

export class SymbolicRemote {
  readonly history: History;
  readonly refs = new Map<RefName, Oid>();
  readonly moves: Move[] = [];
  /** Audit refs: what each landed merge was pushed with. */
  readonly records = new Map<string, string>();
  /** What is kept there for whoever finds the ledger lost. */
  readonly testaments = new Map<RefName, Testament>();
  readonly #certificates = new Map<string, string>();
  /** Says why a push is declined, or null. */
  policy: (push: Push) => string | null = () => null;
  /** Off only in a planted bug. */
  leases = true;

  constructor(history: History) {
    this.history = history;
  }

  tip(ref: RefName): Oid | null {
    return this.refs.get(ref) ?? null;
  }

  /** An agent or a person moves a ref; `null` deletes it. */
  set(ref: RefName, tip: Oid | null, by: Move['by']): void {
    this.#move(ref, tip, by, null, false);
  }

  /** Maestro's atomic push: the target and the records, or nothing. */
  push(push: Push, late: boolean): PushAnswer {
    if (this.leases && this.tip(push.ref) !== push.old) return { kind: 'stale' };
    const why = this.policy(push);
    if (why !== null) return { kind: 'refused', detail: why };
    for (const { commit, id, certificate } of push.records) {
      this.records.set(commit, id);
      this.#certificates.set(id, certificate);
    }
    this.#move(push.ref, push.new, 'maestro', push.intent, late);
    return { kind: 'accepted' };
  }

  certificate(id: string): string | null {
    return this.#certificates.get(id) ?? null;
  }

  #move(ref: RefName, tip: Oid | null, by: Move['by'], intent: string | null, late: boolean): void {
    const old = this.tip(ref);
    if (tip === null) this.refs.delete(ref);
    else this.refs.set(ref, tip);
    this.moves.push({ ref, old, new: tip, by, intent, late });
  }
}
