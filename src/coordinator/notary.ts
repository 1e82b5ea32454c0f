// Keeps what people said of each lane on the remote, so that a lost ledger forgets none of it, and gives it back to lanes without a history.
// Level by level: what should be kept is compared with what is. Steers nothing else.
import { MaestroError } from '../error.ts';
import type { RefName } from '../merge/branch.ts';
import { bearsOnTestament, testamentOf, type Testament } from '../merge/testament.ts';
import type { Clock } from '../port/clock.ts';
import type { Git } from '../port/git.ts';
import type { Coordinator } from './coordinator.ts';
import { within } from './within.ts';

const RETRY_MS = 15_000;
/** Whoever said something waits for the remote to have it, but no longer: the ledger has it, and it is obeyed. */
const KEPT_MS_MAX = 5_000;
const LAST_KEPT_MS_MAX = 2_000;

export class Notary {
  readonly #coordinator: Coordinator;
  readonly #git: Pick<Git, 'testaments' | 'bequeath'>;
  readonly #clock: Clock;
  #isOpen = false;
  /** As the remote has them. */
  #kept = new Map<RefName, string>();
  readonly #dirty = new Set<RefName>();
  #working: Promise<void> | null = null;
  #forgetRetry = (): void => undefined;
  #stopListening = (): void => undefined;
  #closed = false;
  /** Why something could not be kept yet; null when all is. */
  trouble: string | null = null;

  constructor(coordinator: Coordinator, git: Pick<Git, 'testaments' | 'bequeath'>, clock: Clock) {
    this.#coordinator = coordinator;
    this.#git = git;
    this.#clock = clock;
  }

  /** Before the first look at the branches: what was cancelled must not be asked for again. Throws `unreachable`. */
  async recall(): Promise<void> {
    if (this.#isOpen) return;
    const kept = await this.#git.testaments();
    this.#kept = new Map([...kept].map(([target, testament]) => [target, JSON.stringify(testament)]));
    for (const [target, testament] of kept) if (!this.#coordinator.lanes.has(target)) this.#coordinator.deliver(target, { kind: 'recalled', testament });
    this.#isOpen = true;
    this.#stopListening = this.#coordinator.listen((target, events) => {
      if (events.some((event) => bearsOnTestament(event, this.#kept.has(target)))) this.#see(target);
    });
    this.#seeAll();
  }

  /** Resolves when all that was said by now is kept, or could not be just now. */
  async kept(): Promise<void> {
    if (this.#working !== null) await within(KEPT_MS_MAX, this.#clock, this.#working);
  }

  /** What is on its way is mostly kept before the ledger closes; the rest is seen by the next start. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#stopListening();
    this.#forgetRetry();
    if (this.#working !== null) await within(LAST_KEPT_MS_MAX, this.#clock, this.#working);
  }

  #seeAll(): void {
    for (const target of this.#coordinator.lanes.keys()) this.#see(target);
  }

  #see(target: RefName): void {
    if (this.#isKept(target, this.#testamentOf(target))) return;
    this.#dirty.add(target);
    this.#working ??= this.#work();
  }

  #testamentOf(target: RefName): Testament | null {
    const lane = this.#coordinator.lanes.get(target);
    return lane === undefined ? null : testamentOf(lane);
  }

  /** Ends in the same step in which nothing more is found to do: whatever is seen later begins anew. */
  async #work(): Promise<void> {
    try {
      for (let [target] = this.#dirty; target !== undefined; [target] = this.#dirty) await this.#tryToKeep(target);
    } finally {
      this.#working = null;
    }
  }

  async #tryToKeep(target: RefName): Promise<void> {
    this.#dirty.delete(target);
    try {
      await this.#keep(target);
      this.trouble = null;
    } catch (error) {
      if (!(error instanceof MaestroError)) throw error;
      this.trouble = `what people said is not kept on the remote yet: ${error.message}`;
      this.#forgetRetry();
      if (!this.#closed) this.#forgetRetry = this.#clock.after(RETRY_MS, () => this.#seeAll());
    }
  }

  async #keep(target: RefName): Promise<void> {
    for (let testament = this.#testamentOf(target); !this.#isKept(target, testament); testament = this.#testamentOf(target)) {
      await this.#git.bequeath(target, testament);
      if (testament === null) this.#kept.delete(target);
      else this.#kept.set(target, JSON.stringify(testament));
    }
  }

  #isKept(target: RefName, testament: Testament | null): boolean {
    return this.#kept.get(target) === (testament === null ? undefined : JSON.stringify(testament));
  }
}
