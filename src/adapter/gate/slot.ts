// One folder kept warm between gates. Before each it is made exactly the candidate's tree, and checked to be; in doubt it is
// thrown away and made anew. Knows no command and no verdict.
import { execFile } from 'node:child_process';
import { lstat, mkdir, readdir, readFile, rename, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { MaestroError } from '../../error.ts';
import type { Oid } from '../../merge/branch.ts';
import { isTreeOf, switchTree, treeOf, writeTree, type MirrorGit, type Place } from './checkout.ts';
import { checkoutTrouble, machineTrouble } from './failure.ts';
import { giveIndex, makeInnerGit } from './inner-git.ts';
import { parseIndex, type Listing, type Stamps } from './listing.ts';
import { remove, throwAway } from './remove.ts';
import { sweep } from './sweep.ts';

/** A slot made ready: `pipe` is a FIFO for the command's output, the folders are fresh and private to this run. */
export type Workplace = { readonly tree: string; readonly home: string; readonly temporary: string; readonly pipe: string };

type Cancellable = { cancel(): Promise<void> };

/** Looks at a slot: the last one must find nothing, those before repair what they find. */
const LOOKS_MAX = 3;

let trashed = 0;

export class Slot {
  readonly directory: string;
  readonly place: Place;
  readonly #git: MirrorGit;
  readonly #mirror: string;
  #holds: { readonly tree: Oid; readonly listing: Listing; readonly recent: Stamps } | null = null;
  /** What nobody but us may have changed; a gate that reaches out of its folder is noticed by it. */
  #seal: string | null = null;
  #writtenAtS = 0;
  #fresh = true;
  #run: string | null = null;
  #runs = 0;
  #gone: Promise<void> = Promise.resolve();

  constructor(directory: string, mirror: string, git: MirrorGit) {
    this.directory = directory;
    this.place = { tree: join(directory, 'tree'), index: join(directory, 'index') };
    this.#mirror = mirror;
    this.#git = git;
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
      if (await exists(this.directory)) {
        trashed += 1;
        const trash = join(dirname(this.directory), `trash-${process.pid}-${trashed}-${basename(this.directory)}`);
        this.#gone = (await throwAway(this.directory, trash)).gone;
      }
      await mkdir(this.place.tree, { recursive: true });
      await promisify(execFile)('mkfifo', ['-m', '600', join(this.directory, 'pipe')]);
      this.#seal = await this.#look();
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
      if (!(await lstat(this.place.index)).isFile()) return;
      this.#seal = await this.#look();
      this.#fresh = false;
    } catch {
      // Not in order: renewed at its first use.
    }
  }

  async #makeReady<T extends Cancellable>(commit: Oid, tree: Oid, during: (place: Workplace) => Promise<T>): Promise<T> {
    if ((await this.#look()) !== this.#seal) throw new MaestroError('internal', 'a gate changed its own slot', { retryable: true });
    this.#fresh = false;
    const [filled, done] = await Promise.allSettled([this.#fill(commit, tree), this.#furnish(commit).then(during)]);
    if (done.status === 'rejected') throw done.reason;
    try {
      if (filled.status === 'rejected') throw filled.reason;
      await giveIndex(this.place);
      return done.value;
    } catch (error) {
      await done.value.cancel();
      throw error;
    }
  }

  async #fill(commit: Oid, tree: Oid): Promise<void> {
    await this.#hold(tree);
    await this.#verify(commit, tree);
  }

  async #furnish(commit: Oid): Promise<Workplace> {
    this.#runs += 1;
    const run = join(this.directory, `run-${this.#runs}`);
    const ready = { tree: this.place.tree, home: join(run, 'home'), temporary: join(run, 'tmp'), pipe: join(this.directory, 'pipe') };
    await mkdir(run);
    this.#run = run;
    await Promise.all([mkdir(ready.home), mkdir(ready.temporary), makeInnerGit(this.place.tree, this.#mirror, commit)]);
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
    this.#seal = await this.#look();
    // What the last write wrote was not looked at since its command ran.
    this.#holds = { tree, ...parseIndex(await readFile(this.place.index), tree.length / 2, this.#writtenAtS) };
    this.#writtenAtS = Math.floor(Date.now() / 1000);
  }

  /**
   * Names and types by our own walk, content and modes by git: both must find the tree and nothing else. git compares with the
   * commit, the index was read from the tree: one process less says that the two belong together.
   */
  async #verify(commit: Oid, tree: Oid): Promise<void> {
    for (let looks = 0; looks < LOOKS_MAX && this.#holds !== null; looks += 1) {
      const [same, swept] = await Promise.allSettled([isTreeOf(this.#git, this.place, commit), sweep(this.place.tree, this.#holds.listing, this.#holds.recent)]);
      if (swept.status === 'rejected') throw swept.reason;
      if (same.status === 'rejected') throw same.reason;
      if (swept.value.strangers === 0 && !swept.value.incomplete && same.value) return;
      if (swept.value.incomplete || !same.value) await this.#write(() => writeTree(this.#git, this.place, tree), tree);
    }
    const owned = await treeOf(this.#git, commit);
    throw new MaestroError('git-failed', owned === tree ? 'the checkout does not stay equal to the tree' : `commit ${commit} has tree ${owned}, not ${tree}`, { retryable: true });
  }

  /** Identity of the folders, the pipe and the index: a changed ctime cannot be hidden, times set by hand can. */
  async #look(): Promise<string> {
    const [tree, pipe, index] = await Promise.all([lstat(this.place.tree), lstat(join(this.directory, 'pipe')), exists(this.place.index)]);
    if (!tree.isDirectory() || !pipe.isFIFO()) throw new MaestroError('internal', 'a slot has lost its folder', { retryable: true });
    const stamp = index === null ? 'none' : `${index.ino} ${index.size} ${index.mtimeNs} ${index.ctimeNs}`;
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

async function exists(path: string) {
  try {
    return await lstat(path, { bigint: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
