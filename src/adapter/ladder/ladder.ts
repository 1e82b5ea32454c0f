// Runs the ladder in a thread of its own, one file at a time, none longer than its deadline. Knows no candidate and no confidence.
import { Worker } from 'node:worker_threads';
import type { Proposed } from '../../consensus/case.ts';
import type { Case } from '../../consensus/option.ts';
import type { Clock } from '../../port/clock.ts';
import type { Study } from '../../port/minds.ts';
import type { ConflictFile } from '../../resolution/conflict-file.ts';
import type { FileResolution } from '../../resolution/ladder.ts';
import type { LineLedger } from '../../resolution/line-ledger.ts';
import type { Reply, Task } from './protocol.ts';

export const FILE_MS_MAX = 3_000;
/** Loading the grammars on a machine that is busy with other things. */
const START_MS_MAX = 30_000;
const HEAP_MIB_MAX = 1024;
/** What a thread that had to be ended is taught again. */
const TAUGHT_MAX = 500;
const TAUGHT_CHARS_MAX = 32 * 1024 * 1024;

export type LadderAnswer =
  | { readonly kind: 'answered'; readonly resolution: FileResolution; /** Of the clean text or the best proposal. */ readonly ledger: LineLedger | null }
  /** `plain`: texts on offer though nobody weighed them. */
  | { readonly kind: 'unanswered'; readonly why: 'deadline' | 'crashed'; readonly plain: readonly string[] };

export type Outcome = { readonly scope: string; readonly file: ConflictFile; /** What people committed. */ readonly resolved: string };

type Ended = { readonly kind: 'late' | 'died'; readonly plain: readonly string[] };
/** Without a task: only start. */
type Job = { readonly task: Task | null; readonly settle: (reply: Reply | Ended) => void };

export class Ladder {
  readonly #thread: URL;
  readonly #clock: Clock;
  readonly #waiting: Job[] = [];
  #taught: Outcome[] = [];
  #worker: Worker | null = null;
  #next = 0;
  #busy = false;
  #closed = false;

  /** `thread`: a module that ends in `serveLadder`. */
  constructor(thread: URL, clock: Clock) {
    this.#thread = thread;
    this.#clock = clock;
    // Grammars and model load while the first question is still on its way.
    void this.#do(null);
  }

  async resolve(scope: string, file: ConflictFile): Promise<LadderAnswer> {
    const reply = await this.#do({ kind: 'resolve', id: this.#next++, scope, file });
    switch (reply.kind) {
      case 'resolved': return { kind: 'answered', resolution: reply.resolution, ledger: reply.ledger };
      case 'late': return { kind: 'unanswered', why: 'deadline', plain: reply.plain };
      case 'died': return { kind: 'unanswered', why: 'crashed', plain: reply.plain };
      case 'ready': case 'sketched': case 'studied': case 'weighed': case 'learned': case 'forgotten': return { kind: 'unanswered', why: 'crashed', plain: [] };
    }
  }

  async study(scope: string, file: ConflictFile): Promise<Study> {
    const reply = await this.#do({ kind: 'study', id: this.#next++, scope, file });
    if (reply.kind === 'studied') return reply.study;
    return { kind: 'alarm', alarm: { code: 'unread', why: reply.kind === 'late' ? `took longer than ${FILE_MS_MAX / 1000} s to think about` : 'ended the process that thought about it' } };
  }

  /** The case as it was where the text is not verified in time. */
  async weigh(subject: Case, proposed: Proposed): Promise<Case> {
    const reply = await this.#do({ kind: 'weigh', id: this.#next++, subject, proposed });
    return reply.kind === 'weighed' ? reply.subject : subject;
  }

  async learn(outcome: Outcome): Promise<void> {
    const reply = await this.#do(this.#lesson(outcome));
    if (reply.kind === 'learned') this.#remember(outcome);
  }

  async forget(scope: string): Promise<void> {
    const ofOthers = (taught: readonly Outcome[]): Outcome[] => taught.filter((outcome) => outcome.scope !== scope);
    this.#taught = ofOthers(this.#taught);
    await this.#do({ kind: 'forget', id: this.#next++, scope });
    // Lessons that were still on their way.
    this.#taught = ofOthers(this.#taught);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#worker?.terminate();
  }

  #lesson(outcome: Outcome): Task {
    return { kind: 'learn', id: this.#next++, ...outcome };
  }

  #remember(outcome: Outcome): void {
    this.#taught.push(outcome);
    let chars = 0;
    const from = this.#taught.findLastIndex(({ file, resolved }) => (chars += file.ours.length + file.theirs.length + resolved.length) > TAUGHT_CHARS_MAX);
    this.#taught = this.#taught.slice(Math.max(from + 1, this.#taught.length - TAUGHT_MAX));
  }

  #do(task: Task | null): Promise<Reply | Ended> {
    return new Promise((settle) => {
      this.#waiting.push({ task, settle });
      if (!this.#busy) void this.#work();
    });
  }

  async #work(): Promise<void> {
    this.#busy = true;
    for (let job = this.#waiting.shift(); job !== undefined; job = this.#waiting.shift()) job.settle(await this.#one(job.task));
    this.#busy = false;
  }

  async #one(task: Task | null): Promise<Reply | Ended> {
    const worker = this.#worker ?? await this.#start();
    if (worker === null) return { kind: 'died', plain: [] };
    return task === null ? { kind: 'ready' } : this.#exchange(worker, task, FILE_MS_MAX);
  }

  /** Null when no thread could be started. A lesson that kills one is not given to the next. */
  async #start(): Promise<Worker | null> {
    // Closed while a lesson was on its way: the thread after it would be nobody's.
    if (this.#closed) return null;
    const worker = new Worker(this.#thread, { resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB_MAX } });
    this.#worker = worker;
    // Its end is what counts; an error without a listener would end the process.
    worker.on('error', () => undefined);
    worker.once('exit', () => { if (this.#worker === worker) this.#worker = null; });
    if ((await this.#exchange(worker, null, START_MS_MAX)).kind !== 'ready') return null;
    const lessons = this.#taught;
    for (const [at, outcome] of lessons.entries()) {
      if ((await this.#exchange(worker, this.#lesson(outcome), FILE_MS_MAX)).kind === 'learned') continue;
      this.#taught = lessons.toSpliced(at, 1);
      return this.#start();
    }
    return worker;
  }

  /** Sends a task, or only waits for the first word, and ends a thread that says nothing in time. */
  #exchange(worker: Worker, task: Task | null, limitMs: number): Promise<Reply | Ended> {
    return new Promise((settle) => {
      let plain: readonly string[] = [];
      const hear = (reply: Reply): void => {
        if (reply.kind === 'sketched') plain = reply.plain;
        else end(reply);
      };
      const end = (result: Reply | Ended): void => {
        forget();
        worker.off('message', hear).off('exit', died);
        if (result.kind === 'late' || result.kind === 'died') this.#worker = null;   // whatever it still says, nobody hears it
        settle(result);
      };
      const died = (): void => end({ kind: 'died', plain });
      const forget = this.#clock.after(limitMs, () => {
        void worker.terminate();
        end({ kind: 'late', plain });
      });
      worker.on('message', hear).once('exit', died);
      if (task !== null) worker.postMessage(task);
    });
  }
}
