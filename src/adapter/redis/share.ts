// A worker's share: the repositories it serves among all workers. Takes what is its own, hands over what is another's, drops what it lost.
// Knows no coordinator: what it opens for a repository is the caller's.
import { setTimeout as sleep } from 'node:timers/promises';
import { takeLease, type Lease } from './lease.ts';
import type { RedisLink } from './link.ts';
import { answerRoll, isShareOf, leaveRoll, type Roll } from './roll.ts';

/** A worker that died is noticed after a term, and its repositories taken a beat later: 10 s at the most, and the time to open them. */
export const TERM_MS = 8_000;
export const BEAT_MS = 2_000;
/** Opening means cloning, at worst. */
const OPENINGS_MAX = 8;

export type Holding = { close(): Promise<void> };

export type ShareChoices = {
  readonly link: RedisLink;
  /** Names this process and no other, ever. */
  readonly worker: string;
  /** Starts serving a repository. `over` is called when it met the fence: it is closed then, and taken anew. */
  readonly open: (repository: string, over: () => void) => Promise<Holding>;
  /** Null: about all of them. What failed is tried again at the next beat. */
  readonly onTrouble: (repository: string | null, error: unknown) => void;
  /** For tests. */
  readonly beatMs?: number;
};

export type Share = {
  /** Repositories served just now. */
  held(): readonly string[];
  /** Closes everything and leaves it to the others at once. */
  close(): Promise<void>;
};

export function openShare(choices: ShareChoices): Share {
  return new WorkerShare(choices);
}

type Post = { readonly lease: Lease; opened: Promise<Holding | null>; isOpen: boolean; left: Promise<void> | null };

class WorkerShare implements Share {
  readonly #choices: ShareChoices;
  readonly #posts = new Map<string, Post>();
  readonly #openings = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  readonly #beating: Promise<void>;
  #roll: Roll = { workers: [], repositories: [], era: '' };

  constructor(choices: ShareChoices) {
    this.#choices = choices;
    this.#beating = this.#beat();
  }

  held(): readonly string[] {
    return [...this.#posts].filter(([, post]) => post.isOpen && post.left === null).map(([repository]) => repository);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#beating;
    await Promise.all([...this.#posts].map(([repository, post]) => this.#leave(repository, post)));
    await this.#quietly(null, () => leaveRoll(this.#choices.link, this.#choices.worker));
  }

  async #beat(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.#quietly(null, () => this.#lookRound());
      await sleep(this.#choices.beatMs ?? BEAT_MS, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  async #lookRound(): Promise<void> {
    await this.#answer();
    await Promise.all([...this.#posts].map(([repository, post]) => this.#renew(repository, post)));
    for (const [repository, post] of this.#posts) if (!this.#isMine(repository)) void this.#leave(repository, post);
    const free = this.#roll.repositories.filter((repository) => this.#isMine(repository) && !this.#posts.has(repository));
    if (!this.#stop.signal.aborted) await Promise.all(free.map((repository) => this.#quietly(repository, () => this.#take(repository))));
  }

  async #answer(): Promise<void> {
    const { link, worker } = this.#choices;
    const before = this.#roll;
    const roll = await answerRoll(link, worker, TERM_MS, []);
    const isNew = before.era !== '' && roll.era !== before.era;
    this.#roll = isNew ? await answerRoll(link, worker, TERM_MS, before.repositories) : roll;
  }

  #isMine(repository: string): boolean {
    return this.#roll.repositories.includes(repository) && isShareOf(this.#choices.worker, repository, this.#roll.workers);
  }

  /** While Redis is away nothing is known, and nobody can write to the ledger either: it is kept until the answer comes. */
  async #renew(repository: string, post: Post): Promise<void> {
    await this.#quietly(repository, async () => {
      if (!(await post.lease.renew())) void this.#leave(repository, post);
    });
  }

  async #take(repository: string): Promise<void> {
    const { link, worker, open, onTrouble } = this.#choices;
    const lease = await takeLease(link, repository, worker, TERM_MS);
    if (lease === null) return;
    const post: Post = { lease, opened: Promise.resolve(null), isOpen: false, left: null };
    this.#posts.set(repository, post);
    post.opened = this.#inTurn(async () => (post.left === null ? open(repository, () => void this.#leave(repository, post)) : null));
    post.opened.then(
      () => (post.isOpen = true),
      (error: unknown) => {
        onTrouble(repository, error);
        void this.#leave(repository, post);
      },
    );
  }

  /** The lease is held and renewed while a repository waits to be opened. */
  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    while (this.#openings.size >= OPENINGS_MAX) await Promise.race(this.#openings);
    const opening = work();
    const settled = opening.then(() => undefined, () => undefined).finally(() => this.#openings.delete(settled));
    this.#openings.add(settled);
    return opening;
  }

  /** The lease goes last: nobody opens what is still being closed, and this worker does not either. */
  #leave(repository: string, post: Post): Promise<void> {
    return post.left ??= this.#close(repository, post);
  }

  async #close(repository: string, post: Post): Promise<void> {
    await this.#quietly(repository, async () => (await post.opened.catch(() => null))?.close());
    await this.#quietly(repository, () => post.lease.release());
    this.#posts.delete(repository);
  }

  async #quietly(repository: string | null, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#choices.onTrouble(repository, error);
    }
  }
}
