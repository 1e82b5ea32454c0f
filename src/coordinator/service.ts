// A coordinator at work: its inbox, its look-out, its clock. What the doors start, drain and stop.
import { MaestroError } from '../error.ts';
import type { Oid, RefName } from '../merge/branch.ts';
import type { Ignored } from '../port/control.ts';
import { Coordinator, type Ports } from './coordinator.ts';
import { Lookout } from './lookout.ts';
import { Notary } from './notary.ts';

const LOOK = 'look';
const LOOK_RETRY_FIRST_MS = 500;
const LOOK_RETRY_LAST_MS = 30_000;

export class Service {
  readonly coordinator: Coordinator;
  readonly #ports: Ports;
  readonly #lookout: Lookout;
  readonly #notary: Notary;
  readonly #onFatal: (error: MaestroError) => void;
  #fatal: MaestroError | null = null;
  /** Throws when this coordinator has ended. */
  readonly #over = Promise.withResolvers<never>();
  /** What the remote showed when it was asked for its default branch: the first look need not ask again. */
  #heads: ReadonlyMap<string, Oid> | null;
  #lookTrouble: MaestroError | null = null;
  #lookFailures = 0;
  /** Where something else tells of pushes. */
  readonly #sweepMsMin: number;
  #sweepMs = 0;
  #sinceLookMs = 0;
  #tellLooked = (): void => undefined;
  /** Resolves when the remote was looked at once, or that failed: from here on the config in force is known. */
  readonly looked = new Promise<void>((resolve) => (this.#tellLooked = resolve));
  readonly #lookers = new Set<() => void>();
  #forgetSweep = (): void => undefined;
  #forgetRetry = (): void => undefined;

  /** `onFatal` is told when this coordinator must stop: another took over, or the ledger is gone. */
  constructor(ports: Ports, defaultBranch: RefName, onFatal: (error: MaestroError) => void, heads: ReadonlyMap<string, Oid> | null, sweepMsMin: number) {
    this.#ports = ports;
    this.#sweepMsMin = sweepMsMin;
    this.#onFatal = onFatal;
    this.#heads = heads;
    this.coordinator = new Coordinator(ports, defaultBranch);
    this.#lookout = new Lookout(ports.git, this.coordinator);
    this.#notary = new Notary(this.coordinator, ports.git, ports.clock);
    this.#over.promise.catch(() => undefined);
  }

  /** Becomes the one writer, as `holder`, and looks at the remote. */
  async start(holder: string): Promise<void> {
    const { inbox } = this.#ports;
    await this.coordinator.open(holder, (error) => this.#stop(error));
    inbox.serve((key) => this.#serve(key));
    inbox.ring(LOOK);
    this.#sweepLater();
  }

  /** A branch may have moved; null: anything may have. */
  hint(branch: RefName | null): void {
    this.#lookout.hint(branch);
    this.#ports.inbox.ring(LOOK);
  }

  /** A person who may said that this tip is ready. Resolves when that is saved; throws when it will not be any more. */
  async vouch(branch: RefName, tip: Oid): Promise<void> {
    const looked = Promise.withResolvers<void>();
    const forget = this.onLooked(() => looked.resolve());
    this.#lookout.vouch(branch, tip);
    this.#ports.inbox.ring(LOOK);
    try {
      await Promise.race([looked.promise, this.#over.promise]);
      await this.coordinator.saved();
    } finally {
      forget();
    }
  }

  /** Resolves when what people said of the lanes is on the remote, too, or the remote would not take it just now. */
  kept(): Promise<void> {
    return this.#notary.kept();
  }

  /** Resolves when there is nothing left to do without news from outside; throws the error that ended the coordinator. */
  async drained(): Promise<void> {
    for (;;) {
      await this.#ports.inbox.idle();
      if (this.#fatal !== null) throw this.#fatal;
      if (this.#lookTrouble !== null) throw this.#lookTrouble;
      if (this.coordinator.isQuiet) return;
      await this.coordinator.stirred();
    }
  }

  /** Throws what ended this coordinator. */
  requireAlive(): void {
    if (this.#fatal !== null) throw this.#fatal;
  }

  /** Why the remote could not be read just now, or what is being retried; null when all is well. */
  trouble(): string | null {
    return this.#lookTrouble?.message ?? this.coordinator.trouble ?? this.#notary.trouble;
  }

  get ignored(): readonly Ignored[] {
    return this.#lookout.ignored;
  }

  get heads(): ReadonlyMap<RefName, Oid> {
    return this.#lookout.heads;
  }

  /** Calls back after every look at the remote that went well. */
  onLooked(looker: () => void): () => void {
    this.#lookers.add(looker);
    return () => this.#lookers.delete(looker);
  }

  async close(): Promise<void> {
    await this.coordinator.close();
    this.#over.reject(new MaestroError('unreachable', 'Maestro is stopping', { retryable: true }));
    await this.#notary.close();
    await this.#ports.inbox.close();
    // Last: a look that was still running may have set either.
    this.#forgetSweep();
    this.#forgetRetry();
  }

  /** Whoever waits is told, and rings are left to whoever took over. */
  #stop(error: MaestroError): void {
    this.#fatal ??= error;
    this.coordinator.end(error);
    this.#over.reject(error);
    void this.#ports.inbox.close();
    this.#onFatal(error);
  }

  async #serve(key: string): Promise<void> {
    if (this.#fatal !== null) return;
    try {
      if (key === LOOK) await this.#look();
      else await this.coordinator.turn(key as RefName);
    } catch (error) {
      // A note beside the ledger may be the first write that meets the newer holder.
      if (!(error instanceof MaestroError) || error.code !== 'fenced') throw error;
      this.#stop(error);
    }
  }

  async #look(): Promise<void> {
    const { clock, inbox } = this.#ports;
    try {
      const heads = this.#heads;
      this.#heads = null;
      await this.#notary.recall();
      await this.#lookout.look(heads);
      await this.coordinator.begin();
      await this.coordinator.noteIgnored(this.ignored);
      // The config says how often, and only a look reads it.
      if (this.coordinator.routing.limits.sweepMs !== this.#sweepMs) this.#sweepLater();
      this.#lookTrouble = null;
      this.#lookFailures = 0;
      for (const looker of this.#lookers) looker();
    } catch (error) {
      if (!(error instanceof MaestroError) || !error.retryable) throw error;
      this.#lookTrouble = error;
      this.#lookFailures += 1;
      this.#forgetRetry();
      this.#forgetRetry = clock.after(Math.min(LOOK_RETRY_LAST_MS, LOOK_RETRY_FIRST_MS * 2 ** Math.min(this.#lookFailures, 10)), () => inbox.ring(LOOK));
    } finally {
      this.#tellLooked();
    }
  }

  /** The backstop for pushes nobody told us of, and the beat for ageing and schedules. */
  #sweepLater(): void {
    this.#forgetSweep();
    this.#sweepMs = this.coordinator.routing.limits.sweepMs;
    this.#forgetSweep = this.#ports.clock.after(this.#sweepMs, () => {
      this.#sinceLookMs += this.#sweepMs;
      if (this.#sinceLookMs >= this.#sweepMsMin) {
        this.#sinceLookMs = 0;
        this.hint(null);
      }
      this.coordinator.ringAll();
      this.#sweepLater();
    });
  }
}

/** `heads`: all branches of the remote as they were just seen, or null. */
export async function startService(ports: Ports, defaultBranch: RefName, holder: string, onFatal: (error: MaestroError) => void, heads: ReadonlyMap<string, Oid> | null = null, sweepMsMin = 0): Promise<Service> {
  const service = new Service(ports, defaultBranch, onFatal, heads, sweepMsMin);
  await service.start(holder);
  return service;
}
