// The ladder's own lessons: what landed is shown to it, one file at a time and behind everything else; after a start once more, from
// what the ledger remembers. What cannot be read any more teaches nothing.
import type { Kept } from '../merge/memory.ts';
import type { Git } from '../port/git.ts';
import type { Minds } from '../port/minds.ts';
import { NO_INTENT } from '../resolution/conflict-file.ts';

const FILE_BYTES_MAX = 1024 * 1024;
/** Of a start's lessons the newest. */
const WAITING_MAX = 200;

export class School {
  readonly #git: Git;
  readonly #minds: Minds;
  #waiting: Kept[] = [];
  #work: Promise<void> | null = null;

  constructor(git: Git, minds: Minds) {
    this.#git = git;
    this.#minds = minds;
  }

  /** Resolves when nothing waits to be shown. */
  teach(lessons: readonly Kept[]): Promise<void> {
    this.#waiting = [...this.#waiting, ...lessons].slice(-WAITING_MAX);
    return this.#waiting.length === 0 ? Promise.resolve() : this.#work ??= this.#showAll();
  }

  /** What was taught counts no more, but for what is still a lesson then. */
  async anew(lessons: () => readonly Kept[]): Promise<void> {
    this.#waiting = [];
    // One that is being shown would come behind the forgetting.
    await this.#work;
    await this.#minds.forget().catch(() => undefined);
    return this.teach(lessons());
  }

  close(): void {
    this.#waiting = [];
  }

  async #showAll(): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) await this.#show(next).catch(() => undefined);
    this.#work = null;
  }

  async #show({ lesson, merge, sides }: Kept): Promise<void> {
    const [base, ours, theirs] = await Promise.all([sides.base, sides.ours, sides.theirs].map(async (side) => side === null ? null : this.#git.text(side.oid, FILE_BYTES_MAX)));
    const landed = await this.#git.file(merge, lesson.file, FILE_BYTES_MAX);
    if (base === undefined || typeof ours !== 'string' || typeof theirs !== 'string' || landed.kind !== 'text') return;
    await this.#minds.learn({ path: lesson.file, base, ours, theirs, intent: NO_INTENT }, landed.text);
  }
}
