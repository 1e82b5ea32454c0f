// The inbox on BullMQ: several machines ring, one that serves hears. One queue a repository, at most one job a key: BullMQ's deduplication
// keeps a second run of a key away from every machine and turns all rings during a run into one more. (A queue a lane would need a worker
// and a blocking connection for each of a thousand lanes; one queue for all could not lead a repository's rings to its owner.)
// A doorbell, never the truth: whoever blocks longer than LOCK_MS may be doubled, and only the store's fence keeps its writes out.
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue, Worker, type Job } from 'bullmq';
import { MaestroError } from '../../error.ts';
import type { Inbox } from '../../port/inbox.ts';
import type { BullmqLine } from './line.ts';

/** Keys served at once by one machine. */
const RUNS_MAX = 64;
/** How long the rings of a machine that died stay with it: the lock has to run out and the next two looks to see it. */
const LOCK_MS = 6_000;
const STALLED_LOOK_MS = 3_000;
/** A ring that brings a process down is rung again; giving up on a request is the coordinator's to say. */
const STALLED_MAX = 1_000;
const RECONNECT_MS = 500;
const RINGS_PER_SEND_MAX = 500;
/** Runs of other machines tell this one nothing: who waits for quiet has to look. */
const QUIET_LOOK_MS = 20;
const CLOSE_MS_MAX = 2_000;
const EVENTS_KEPT = 16;

const QUEUE = 'ring';

export type BullmqInboxChoices = {
  readonly line: BullmqLine;
  /** Any text that names the repository, the same on every machine. */
  readonly repository: string;
  /** Hears what a handler threw; the key is served again at its next ring. */
  readonly onError: (key: string, error: unknown) => void;
};

/** The line stays open when the inbox is closed; rings nobody heard wait for whoever serves next. */
export function openBullmqInbox(choices: BullmqInboxChoices): Inbox {
  return new BullmqInbox(choices);
}

class BullmqInbox implements Inbox {
  readonly #line: BullmqLine;
  readonly #prefix: string;
  readonly #onError: (key: string, error: unknown) => void;
  readonly #queue: Queue;
  readonly #closed = Promise.withResolvers<void>();
  // A set: a key waits once however often it rings, also while Redis is away.
  readonly #unsent = new Set<string>();
  readonly #running = new Map<string, Promise<void>>();
  #worker: Worker | null = null;
  #sending: Promise<void> | null = null;
  #closing: Promise<void> | null = null;

  constructor({ line, repository, onError }: BullmqInboxChoices) {
    this.#line = line;
    this.#onError = onError;
    // Braces: all keys of one repository are in one slot of a cluster.
    this.#prefix = `maestro:{${encodeURIComponent(repository.toWellFormed())}}`;
    this.#queue = new Queue(QUEUE, { connection: line.client, prefix: this.#prefix, streams: { events: { maxLen: EVENTS_KEPT } }, defaultJobOptions: { removeOnComplete: true, removeOnFail: true } });
    this.#queue.on('error', () => undefined);
  }

  serve(handler: (key: string) => Promise<void>): void {
    if (this.#worker !== null) throw new MaestroError('internal', 'The inbox is served already.');
    this.#worker = new Worker(QUEUE, (job) => this.#hear(job, handler), {
      connection: this.#line.client, prefix: this.#prefix, concurrency: RUNS_MAX,
      lockDuration: LOCK_MS, stalledInterval: STALLED_LOOK_MS, maxStalledCount: STALLED_MAX, runRetryDelay: RECONNECT_MS,
    });
    // Lost connections and locks: the worker goes on by itself, and what it drops another one hears.
    this.#worker.on('error', () => undefined);
  }

  ring(key: string): void {
    if (this.#closing !== null) return;
    this.#unsent.add(key);
    this.#sending ??= this.#send();
  }

  async idle(): Promise<void> {
    while (this.#closing === null && !(await this.#isQuiet())) await Promise.race([sleep(QUIET_LOOK_MS), this.#closed.promise]);
    await Promise.allSettled(this.#running.values());
  }

  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    this.#unsent.clear();
    this.#closed.resolve();
    // While Redis is away there is nobody to take leave of: what ran last is run once more by whoever serves next.
    const isAway = this.#line.client.status !== 'ready';
    const closed = (async () => {
      await this.#worker?.close(isAway);
      await this.#queue.close();
    })().catch(() => undefined);
    await Promise.allSettled(this.#running.values());
    await Promise.race([closed, sleep(CLOSE_MS_MAX, undefined, { ref: false })]);
  }

  /** Whoever rings finishes its own step first, and several rings in it are one. What Redis does not take is kept. */
  async #send(): Promise<void> {
    await Promise.resolve();
    while (this.#unsent.size > 0 && this.#closing === null) {
      const keys = [...this.#unsent].slice(0, RINGS_PER_SEND_MAX);
      for (const key of keys) this.#unsent.delete(key);
      try {
        await this.#queue.addBulk(keys.map((key) => ({ name: QUEUE, data: { key }, opts: { deduplication: { id: nameOf(key), keepLastIfActive: true } } })));
      } catch {
        for (const key of keys) this.#unsent.add(key);
        await Promise.race([sleep(RECONNECT_MS), this.#closed.promise]);
      }
    }
    this.#sending = null;
  }

  /** What stands in a job may have been written by anybody: an unknown key is the handler's to ignore. */
  async #hear(job: Job, handler: (key: string) => Promise<void>): Promise<void> {
    const key: unknown = job.data instanceof Object && 'key' in job.data ? job.data.key : null;
    if (typeof key !== 'string') return;
    // Handed out while this inbox closed: whoever serves next hears it.
    if (this.#closing !== null) return void await this.#queue.add(QUEUE, { key }, { deduplication: { id: nameOf(key), keepLastIfActive: true } });
    // A lock that ran out while this process was blocked brings the same key here a second time.
    const before = this.#running.get(key) ?? Promise.resolve();
    const run = before.then(() => this.#run(key, handler));
    this.#running.set(key, run);
    try {
      await run;
    } finally {
      if (this.#running.get(key) === run) this.#running.delete(key);
    }
  }

  async #run(key: string, handler: (key: string) => Promise<void>): Promise<void> {
    try {
      await handler(key);
    } catch (error) {
      this.#onError(key, error);
    }
  }

  async #isQuiet(): Promise<boolean> {
    if (this.#sending !== null || this.#running.size > 0) return false;
    const counts = await Promise.race([this.#queue.getJobCounts('wait', 'active', 'prioritized', 'delayed'), this.#closed.promise]);
    return this.#sending === null && this.#running.size === 0 && Object.values(counts ?? {}).every((count) => count === 0);
  }
}

/** Keys may hold any text; BullMQ builds names of keys from this one, and refuses an empty one. */
function nameOf(key: string): string {
  return `k${Buffer.from(key).toString('base64url')}`;
}
