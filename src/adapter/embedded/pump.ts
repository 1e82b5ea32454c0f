// Hands the rows of the mailbox to one handler: each repository in order, several repositories at once, again after a failure. Knows no event.
import type { Clock } from '../../port/clock.ts';
import type { Mailbox, Taken } from '../../port/mailbox.ts';

/** Repositories handled at once; as many rows are taken with one fsync. */
export const RUNS_MAX = 32;
/** Then the row is set aside, so that it does not hold up its repository for ever. A crash while it was handled counts. */
export const TRIES_MAX = 8;
export const BACKOFF_MS = 500;
export const BACKOFF_MS_MAX = 60_000;
/** Repositories that rest after a failure. With so many it is not the rows: nothing is taken until one is due. */
export const RESTING_MAX = 256;
/** After the mailbox itself failed. */
export const LOOK_AGAIN_MS = 1_000;

/** `payload` as the door kept it: of a push, and of events nobody handles, only the header. */
export type Handed = { readonly id: string; readonly event: string; readonly payload: unknown };

export type PumpNews =
  | { readonly kind: 'failed'; readonly id: string; readonly event: string; readonly why: string; readonly tries: number; readonly againInMs: number }
  | { readonly kind: 'set-aside'; readonly id: string; readonly event: string; readonly why: string }
  | { readonly kind: 'trouble'; readonly error: unknown };

export type PumpOptions = {
  readonly mailbox: Mailbox;
  readonly clock: Clock;
  /** May run twice for one delivery. Bounds its own time: while it runs, its repository waits. */
  readonly handle: (delivery: Handed) => Promise<void>;
  readonly tell: (news: PumpNews) => void;
};

export type Pump = {
  /** Says that there may be something to take. */
  wake(): void;
  /** Resolves when nothing is handled and nothing waits but what rests after a failure. */
  idle(): Promise<void>;
  /** Takes nothing more; resolves when what is being handled has ended. */
  close(): Promise<void>;
};

/** Starts with what a former run left behind. */
export function startPump(options: PumpOptions): Pump {
  const pump = new MailboxPump(options);
  pump.wake();
  return pump;
}

class MailboxPump implements Pump {
  readonly #options: PumpOptions;
  // Both are busy for the mailbox: no row of theirs is taken.
  readonly #handling = new Set<string>();
  readonly #resting = new Map<string, () => void>();
  #forgetLook = (): void => {};
  #looking = false;
  #again = false;
  #closed = false;
  #quiet: (() => void)[] = [];

  constructor(options: PumpOptions) {
    this.#options = options;
  }

  wake(): void {
    this.#again = true;
    if (this.#looking || this.#closed) return;
    this.#looking = true;
    // What ends in this turn of the event loop makes room for one look, not for one each.
    setImmediate(() => void this.#look());
  }

  async idle(): Promise<void> {
    if (!this.#isQuiet()) await new Promise<void>((resolve) => this.#quiet.push(resolve));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#forgetLook();
    for (const forget of this.#resting.values()) forget();
    this.#resting.clear();
    await this.idle();
  }

  /** One look at a time: what is taken becomes busy before the next one. */
  async #look(): Promise<void> {
    try {
      while (this.#again && !this.#closed) {
        this.#again = false;
        await this.#takeMore();
      }
    } catch (error) {
      this.#options.tell({ kind: 'trouble', error });
      if (!this.#closed) this.#forgetLook = this.#options.clock.after(LOOK_AGAIN_MS, () => this.wake());
    } finally {
      this.#looking = false;
      this.#tellQuiet();
    }
  }

  async #takeMore(): Promise<void> {
    const free = RUNS_MAX - this.#handling.size;
    if (free === 0 || this.#resting.size >= RESTING_MAX) return;
    const rows = await this.#options.mailbox.take([...this.#handling, ...this.#resting.keys()], free);
    if (this.#closed) return;
    for (const row of rows) {
      this.#handling.add(row.repository);
      void this.#run(row);
    }
  }

  async #run(row: Taken): Promise<void> {
    try {
      await this.#end(row, await this.#attempt(row));
    } catch (error) {
      // The row still waits: the mailbox could not be told.
      this.#options.tell({ kind: 'trouble', error });
      this.#rest(row.repository, LOOK_AGAIN_MS);
    } finally {
      this.#handling.delete(row.repository);
      this.wake();
      this.#tellQuiet();
    }
  }

  /** Why it failed, or null. */
  async #attempt({ id, event, payload, tries }: Taken): Promise<string | null> {
    if (tries > TRIES_MAX) return 'it ended the process while it was handled';
    try {
      await this.#options.handle({ id, event, payload: JSON.parse(payload) });
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  async #end({ row, id, event, repository, tries }: Taken, why: string | null): Promise<void> {
    const { mailbox, tell } = this.#options;
    if (why === null) return mailbox.done(row);
    if (tries >= TRIES_MAX) {
      await mailbox.setAside(row, why);
      return tell({ kind: 'set-aside', id, event, why });
    }
    const againInMs = Math.min(BACKOFF_MS_MAX, BACKOFF_MS * 2 ** (tries - 1));
    this.#rest(repository, againInMs);
    tell({ kind: 'failed', id, event, why, tries, againInMs });
  }

  /** Its rows stay where they are; the next look after that takes the same one again. */
  #rest(repository: string, delayMs: number): void {
    if (this.#closed) return;
    this.#resting.set(repository, this.#options.clock.after(delayMs, () => {
      this.#resting.delete(repository);
      this.wake();
    }));
  }

  #tellQuiet(): void {
    if (!this.#isQuiet()) return;
    for (const resolve of this.#quiet.splice(0)) resolve();
  }

  #isQuiet(): boolean {
    return !this.#looking && this.#handling.size === 0;
  }
}
