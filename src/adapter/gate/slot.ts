// One folder kept warm between gates. Before each it is made exactly the candidate's tree, and checked to be; in doubt it is
// thrown away and made anew. Knows no command and no verdict.
import { execFile } from 'node:child_process';
import { lstatSync, mkdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { MaestroError } from '../../error.ts';
import type { Oid } from '../../merge/branch.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { switchTree, writeTree, type MirrorGit, type MirrorObjects, type Place } from './checkout.ts';
import { checkoutTrouble, machineTrouble } from './failure.ts';
import { giveIndex, makeInnerGit } from './inner-git.ts';
import { listingOf, parseIndex, writeIndex, type Entries, type Listing } from './index-file.ts';
import { remove, throwAway } from './remove.ts';
import { planStep, takeStep, type Step } from './step.ts';
import { sweep } from './sweep.ts';

/** A slot made ready: `pipe` is a FIFO for the command's output, the folders are fresh and private to this run. */
export type Workplace = { readonly tree: string; readonly home: string; readonly temporary: string; readonly pipe: string };

type Cancellable = { cancel(): Promise<void> };

/** Looks at a slot: the last one must find nothing, those before repair what they find. */
const LOOKS_MAX = 3;
/** More than any step of the kernel's clock for files takes. */
const FILE_CLOCK_STEP_MS_MAX = 40;

let trashed = 0;

export class Slot {
  readonly directory: string;
  readonly place: Place;
  readonly #git: MirrorGit;
  readonly #mirror: string;
  readonly #objects: MirrorObjects;
  #holds: { readonly tree: Oid; readonly entries: Entries; readonly listing: Listing } | null = null;
  /** What nobody but us may have changed; a gate that reaches out of its folder is noticed by it. */
  #seal: string | null = null;
  /** Time of the last write, by the clock that stamps files. */
  #writtenAtMs = 0;
  #fresh = true;
  #run: string | null = null;
  #runs = 0;
  #gone: Promise<void> = Promise.resolve();

  constructor(directory: string, mirror: string, git: MirrorGit, objects: MirrorObjects) {
    this.directory = directory;
    this.place = { tree: join(directory, 'tree'), index: join(directory, 'index') };
    this.#mirror = mirror;
    this.#git = git;
    this.#objects = objects;
  }

  get name(): string {
    return basename(this.directory);
  }

  get tree(): Oid | null {
    return this.#holds?.tree ?? null;
  }

  /**
   * `during` runs beside the checkout, and is cancelled when that fails; a slot that had to be made anew calls it again.
   * Throws MaestroError: retryable for the machine's troubles, `git-failed` for a tree that git refuses to write.
   */
  async prepare<T extends Cancellable>(commit: Oid, tree: Oid, during: (place: Workplace) => Promise<T>): Promise<T> {
    await this.#gone;
    if (this.#seal === null) await this.renew();
    if (!this.#fresh) {
      try {
        return await this.#makeReady(commit, tree, during);
      } catch {
        // Whatever is wrong with a used slot, a new one has not.
        await this.renew();
      }
    }
    try {
      return await this.#makeReady(commit, tree, during);
    } catch (error) {
      this.#seal = null;
      throw checkoutTrouble(error);
    }
  }

  /** After a run: the command's `.git`, home and temporary files go. Never rejects; a slot in doubt is renewed before its next use. */
  async tidy(): Promise<void> {
    const run = this.#run;
    if (run === null) return;
    this.#run = null;
    try {
      await rename(join(this.place.tree, '.git'), join(run, 'git'));
    } catch {
      // Gone or replaced by the gate: the next sweep sees to it.
    }
    this.#gone = clearRun(run).catch(() => this.distrust());
  }

  /** The next use starts in a new folder. */
  distrust(): void {
    this.#seal = null;
  }

  /** Resolves when nothing is being removed any more. */
  settled(): Promise<void> {
    return this.#gone;
  }

  /** Throws away whatever is there, also what a killed coordinator or a hostile gate put in its place. */
  async renew(): Promise<void> {
    try {
      await this.#gone;
      this.#holds = null;
      this.#seal = null;
      if (lstatSync(this.directory, { throwIfNoEntry: false }) !== undefined) {
        trashed += 1;
        const trash = join(dirname(this.directory), `trash-${process.pid}-${trashed}-${basename(this.directory)}`);
        this.#gone = (await throwAway(this.directory, trash)).gone;
      }
      await mkdir(this.place.tree, { recursive: true });
      await promisify(execFile)('mkfifo', ['-m', '600', join(this.directory, 'pipe')]);
      this.#seal = this.#look();
      this.#fresh = true;
    } catch (error) {
      throw machineTrouble(error, 'a folder for gates could not be made');
    }
  }

  /** Keeps a slot of an earlier process when it was left in order. */
  async adopt(): Promise<void> {
    try {
      for (const name of await readdir(this.directory)) {
        if (name === 'index.lock') return;
        if (name.startsWith('run-')) await remove(join(this.directory, name));
      }
      if (!lstatSync(this.place.index).isFile()) return;
      this.#seal = this.#look();
      this.#fresh = false;
    } catch {
      // Not in order: renewed at its first use.
    }
  }

  async #makeReady<T extends Cancellable>(commit: Oid, tree: Oid, during: (place: Workplace) => Promise<T>): Promise<T> {
    if (this.#look() !== this.#seal) throw new MaestroError('internal', 'a gate changed its own slot', { retryable: true });
    this.#fresh = false;
    // Asked first, and the walls started next: git answers and they are built while the tree is looked at.
    const known = Promise.all([this.#stepTo(tree), this.#objects.treeOf(commit)]);
    known.catch(() => undefined);
    const starting = this.#furnish(commit).then(during);
    const [filled, done] = await Promise.allSettled([settled(starting).then(() => this.#fill(commit, tree, known)), starting]);
    if (done.status === 'rejected') throw done.reason;
    try {
      if (filled.status === 'rejected') throw filled.reason;
      giveIndex(this.place);
      await this.#clockMovesOn();
      return done.value;
    } catch (error) {
      await done.value.cancel();
      throw error;
    }
  }

  async #fill(commit: Oid, tree: Oid, known: Promise<readonly [Step | null, Oid | null]>): Promise<void> {
    const [step, owned] = await known;
    if (step !== null && (await this.#isWhole())) this.#take(step, tree);
    else {
      await this.#hold(tree);
      await this.#verify(tree);
    }
    if (owned !== tree) throw new MaestroError('git-failed', `commit ${commit} has tree ${owned ?? 'none'}, not ${tree}`, { retryable: true });
  }

  async #stepTo(tree: Oid): Promise<Step | null> {
    if (this.#holds === null || this.#holds.tree === tree) return null;
    return planStep(this.#objects, this.#holds.tree, tree, this.#holds.entries);
  }

  /** One that fails half way leaves nothing held: the slot is made anew. */
  #take(step: Step, tree: Oid): void {
    const held = this.#holds;
    this.#holds = null;
    const entries = takeStep(this.place.tree, step, held?.entries ?? new Map());
    const written = `${this.place.index}.new`;
    writeFileSync(written, writeIndex(entries, tree.length / 2));
    renameSync(written, this.place.index);
    this.#keep(tree, entries);
  }

  async #furnish(commit: Oid): Promise<Workplace> {
    this.#runs += 1;
    const run = join(this.directory, `run-${this.#runs}`);
    const ready = { tree: this.place.tree, home: join(run, 'home'), temporary: join(run, 'tmp'), pipe: join(this.directory, 'pipe') };
    for (const folder of [run, ready.home, ready.temporary]) mkdirSync(folder);
    this.#run = run;
    await makeInnerGit(this.place.tree, this.#mirror, commit);
    return ready;
  }

  async #hold(tree: Oid): Promise<void> {
    const held = this.#holds?.tree;
    if (held === tree) return;
    if (held === undefined) return this.#write(() => writeTree(this.#git, this.place, tree), tree);
    try {
      await this.#write(() => switchTree(this.#git, this.place, held, tree), tree);
    } catch {
      await this.#write(() => writeTree(this.#git, this.place, tree), tree);
    }
  }

  async #write(write: () => Promise<void>, tree: Oid): Promise<void> {
    this.#holds = null;
    await write();
    this.#keep(tree, parseIndex(await readFile(this.place.index), tree.length / 2));
  }

  #keep(tree: Oid, entries: Entries): void {
    this.#seal = this.#look();
    this.#holds = { tree, entries, listing: listingOf(entries) };
    this.#writtenAtMs = lstatSync(this.place.index).ctimeMs;
  }

  /** That clock goes in steps: what a gate touched within the step of our last write would look untouched. */
  async #clockMovesOn(): Promise<void> {
    for (let waitedMs = 0; waitedMs < FILE_CLOCK_STEP_MS_MAX; waitedMs += 1) {
      const copy = join(this.place.tree, '.git/index');
      utimesSync(copy, 0, 0);
      if (lstatSync(copy).ctimeMs > this.#writtenAtMs) return;
      await sleep(1);
    }
    // A file system with coarser stamps than that: this slot serves once.
    this.distrust();
  }

  /** Names, types and stamps, by our own walk: it must find the tree and nothing else. */
  async #verify(tree: Oid): Promise<void> {
    for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
      const found = await this.#sweep();
      if (found.strangers === 0 && !found.incomplete) return;
      if (found.incomplete) await this.#write(() => writeTree(this.#git, this.place, tree), tree);
    }
    throw new MaestroError('git-failed', 'the checkout does not stay equal to the tree', { retryable: true });
  }

  /** A folder in which a gate left anything is looked at again before a step is taken in it. */
  async #isWhole(): Promise<boolean> {
    for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
      const found = await this.#sweep();
      if (found.incomplete) return false;
      if (found.strangers === 0) return true;
    }
    return false;
  }

  #sweep(): ReturnType<typeof sweep> {
    return sweep(this.place.tree, this.#holds?.listing ?? new Map());
  }

  /** Identity of the folders, the pipe and the index: a changed ctime cannot be hidden, times set by hand can. */
  #look(): string {
    const [tree, pipe, index] = [lstatSync(this.place.tree), lstatSync(join(this.directory, 'pipe')), lstatSync(this.place.index, { bigint: true, throwIfNoEntry: false })];
    if (!tree.isDirectory() || !pipe.isFIFO()) throw new MaestroError('internal', 'a slot has lost its folder', { retryable: true });
    const stamp = index === undefined ? 'none' : `${index.ino} ${index.size} ${index.mtimeNs} ${index.ctimeNs}`;
    return `${tree.ino} ${pipe.ino} ${stamp}`;
  }
}

/** Mostly a command leaves nothing in its home: no process is needed then. */
async function clearRun(run: string): Promise<void> {
  try {
    await Promise.all([rmdir(join(run, 'home')), rmdir(join(run, 'tmp'))]);
    await rm(run, { recursive: true });
  } catch {
    await remove(run);
  }
}

function settled(work: Promise<unknown>): Promise<void> {
  return work.then(() => undefined, () => undefined);
}
