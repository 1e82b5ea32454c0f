// Brings branches into the mirror. Judges no content but what git refuses, and lets one bad branch not spoil the others.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { MaestroError } from '../../error.ts';
import { parseBranch, parseOid, shortName } from '../../merge/branch.ts';
import type { Oid, RefName } from '../../merge/branch.ts';
import type { Refusal } from '../../port/git.ts';
import { askHeads, lastWords, reach, unreachable } from './ask.ts';
import { TOLERATED } from './flaw.ts';
import { soundsCorrupt } from './mirror.ts';
import type { Algorithm, Mirror } from './mirror.ts';
import { ask, look, type Known } from './pull.ts';

type Found = Map<RefName, Oid | null>;
type Attempt = { readonly kind: 'fetched'; readonly heads: ReadonlyMap<RefName, Oid> } | { readonly kind: 'vanished' } | { readonly kind: 'poisoned'; readonly why: string };

const TIMEOUT_MS = 60_000;
const FIRST_TIMEOUT_MS = 30 * 60_000;
const RETRIES_MAX = 3;
const REBUILDS_MAX = 3;
const REFUSED_MAX = 500;
// What git spends on refspecs grows with their square.
const REFS_AT_ONCE_MAX = 500;
/** A push and its targets; a sweep of hundreds is git's. */
const PULLED_MAX = 32;
// Every ref of the mirror is read by every fetch. Nothing is ever pruned here, so refs only tell the remote what we have.
const IN_REFS_MAX = 64;
// Every checked fetch leaves a pack, and every look for an unknown object opens all of them.
const PACKS_MAX = 40;
const REF_HASH_DIGITS = 20;
const FETCH_HEAD = 'FETCH_HEAD';
const IN_REFS = 'refs/maestro/in';
const FETCH = ['fetch', '--quiet', '--no-tags', '--no-auto-maintenance', '--no-recurse-submodules', '--no-show-forced-updates', '--stdin'];

const POISON = /fsck error|^error: (?:object|in tag|in commit|in tree) .*: |invalid object specified|remote did not send all necessary objects|pack has bad object|does not point to a valid object|not our ref/im;

export class Fetcher {
  readonly refused = new Map<RefName, Refusal>();
  readonly #mirror: Mirror;
  readonly #reader: Known | null;
  /** Hashes of refs, the one not fetched for longest first. */
  readonly #kept: Set<string>;
  #filled: boolean;
  #rebuilds = 0;
  /** False once the mirror began again, or has what git refused: what the reader knows of is not all that it leads to then. */
  #isAsRead = true;
  // Two fetches at once would write each into the note of the other.
  #turn: Promise<unknown> = Promise.resolve();

  /** `reader`: of the mirror's own objects; without it every fetch is git's. */
  constructor(mirror: Mirror, reader: Known | null = null) {
    this.#mirror = mirror;
    this.#reader = reader;
    this.#kept = new Set(readdirSync(join(mirror.directory, IN_REFS)));
    this.#filled = this.#kept.size > 0;
  }

  fetch(refs: readonly RefName[]): Promise<ReadonlyMap<RefName, Oid | null>> {
    const next = this.#turn.then(() => this.#fetchWhole(refs));
    // Nobody waits for the packs to be joined but the next fetch.
    this.#turn = next.then(() => tidy(this.#mirror)).catch(() => undefined);
    return next;
  }

  /** The remote was seen to hold `tip`, so the next fetch need not bring it. Waits its turn, as a fetch writes these refs, too; nobody waits for it. */
  note(ref: RefName, tip: Oid): void {
    this.#turn = this.#turn.then(() => this.#mirror.writeRef(inRef(ref), tip)).catch(() => undefined);
  }

  startAgain(algorithm: Algorithm): void {
    this.#mirror.rebuild(algorithm);
    this.#kept.clear();
    this.#filled = false;
    this.#isAsRead = false;
  }

  /** The mirror is only a cache: a corrupt one starts again, a few times; what is wrong then is not the mirror. */
  async #fetchWhole(refs: readonly RefName[]): Promise<Found> {
    try {
      return await this.#fetch(refs);
    } catch (error) {
      if (!(error instanceof MaestroError) || !soundsCorrupt(error.message) || this.#rebuilds >= REBUILDS_MAX) throw error;
      this.#rebuilds += 1;
      this.startAgain(this.#mirror.algorithm());
      return this.#fetch(refs);
    }
  }

  async #fetch(refs: readonly RefName[]): Promise<Found> {
    const found: Found = new Map();
    const wanted = [...new Set(refs)];
    const suspects = wanted.filter((ref) => this.refused.has(ref));
    const others = wanted.filter((ref) => !this.refused.has(ref));
    if (!await this.#pull(others, found)) for (let at = 0; at < others.length; at += REFS_AT_ONCE_MAX) await this.#bring(others.slice(at, at + REFS_AT_ONCE_MAX), found);
    for (const ref of suspects) await this.#bring([ref], found);
    this.#filled = true;
    this.#forget();
    return found;
  }

  /** false: git has to do it, and says what is wrong. */
  async #pull(refs: readonly RefName[], found: Found): Promise<boolean> {
    const reader = this.#reader;
    if (reader === null || !this.#filled || refs.length === 0 || refs.length > PULLED_MAX) return false;
    const looked = this.#isAsRead ? await look(this.#mirror, reader, refs.map(checked)) : null;
    const heads = looked ?? await ask(this.#mirror, reader, refs.map(checked), this.#haves());
    if (heads === null) return false;
    for (const ref of refs) this.#receive(ref, heads.get(ref) ?? null, found);
    return true;
  }

  #haves(): readonly Oid[] {
    return [...this.#kept].flatMap((hash) => this.#mirror.readRef(`${IN_REFS}/${hash}`) ?? []);
  }

  /** A refused branch spoils the whole fetch: halves find it without trying every branch alone. */
  async #bring(refs: readonly RefName[], found: Found): Promise<void> {
    let there = refs;
    for (let tries = 0; there.length > 0 && tries <= RETRIES_MAX; tries += 1) {
      const answer = await this.#attempt(there);
      switch (answer.kind) {
        case 'fetched': return this.#receiveAll(there, answer.heads, found);
        case 'poisoned': return this.#isolate(there, answer.why, found);
        case 'vanished': there = await this.#stillThere(there, found);
      }
    }
    if (there.length > 0) throw new MaestroError('unreachable', 'The remote\'s branches change faster than they can be fetched.', { retryable: true });
  }

  async #attempt(refs: readonly RefName[]): Promise<Attempt> {
    const input = refs.map((ref) => `${checked(ref)}\n`).join('');
    const result = await reach(this.#mirror, [...FETCH, this.#mirror.address.url], { input, config: TOLERATED, timeoutMs: this.#filled ? TIMEOUT_MS : FIRST_TIMEOUT_MS });
    if (result.code === 0) return { kind: 'fetched', heads: this.#fetched(refs) };
    if (/couldn't find remote ref/i.test(result.stderr)) return { kind: 'vanished' };
    if (POISON.test(result.stderr)) return { kind: 'poisoned', why: lastWords(result.stderr) };
    if (soundsCorrupt(result.stderr)) throw new MaestroError('git-failed', `The mirror is corrupt: ${lastWords(result.stderr)}`, { retryable: true });
    throw unreachable(this.#mirror, result);
  }

  /** As git noted it down. The refs that say what we have are not git's to write: it locks each, and takes as long for that as for the rest. */
  #fetched(refs: readonly RefName[]): ReadonlyMap<RefName, Oid> {
    const file = join(this.#mirror.directory, FETCH_HEAD);
    const told = new Map(readFileSync(file, 'utf8').split('\n').map((line) => {
      const [id = '', , about = ''] = line.split('\t');
      return [about.slice(0, about.indexOf("' of ") + 1), parseOid(id)];
    }));
    rmSync(file);
    return new Map(refs.flatMap((ref) => {
      const oid = told.get(`branch '${shortName(ref)}'`) ?? null;
      return oid === null ? [] : [[ref, oid] as const];
    }));
  }

  async #isolate(refs: readonly RefName[], why: string, found: Found): Promise<void> {
    const [only] = refs;
    if (refs.length === 1 && only !== undefined) return this.#refuse(only, why, found);
    const middle = Math.ceil(refs.length / 2);
    await this.#bring(refs.slice(0, middle), found);
    await this.#bring(refs.slice(middle), found);
  }

  async #stillThere(refs: readonly RefName[], found: Found): Promise<readonly RefName[]> {
    const heads = await askHeads(this.#mirror);
    for (const ref of refs) if (!heads.has(ref)) found.set(ref, null);
    return refs.filter((ref) => heads.has(ref));
  }

  async #receiveAll(refs: readonly RefName[], heads: ReadonlyMap<RefName, Oid>, found: Found): Promise<void> {
    for (const ref of refs) {
      const oid = heads.get(ref);
      if (oid !== undefined) {
        this.#receive(ref, oid, found);
        continue;
      }
      // What git brought and did not keep lies in the mirror without its history.
      this.#isAsRead = false;
      await this.#refuse(ref, 'git did not keep it (is the remote a shallow clone?)', found);
    }
  }

  /** null: the remote does not have it. */
  #receive(ref: RefName, oid: Oid | null, found: Found): void {
    found.set(ref, oid);
    if (oid === null) return;
    this.#mirror.writeRef(inRef(ref), oid);
    this.refused.delete(ref);
    this.#kept.delete(hashOf(ref));
    this.#kept.add(hashOf(ref));
  }

  async #refuse(ref: RefName, why: string, found: Found): Promise<void> {
    const tip = (await askHeads(this.#mirror, ref)).get(ref);
    this.refused.delete(ref);
    if (tip === undefined) found.set(ref, null);
    else this.refused.set(ref, { tip, why });
    const [oldest] = this.refused.keys();
    if (this.refused.size > REFUSED_MAX && oldest !== undefined) this.refused.delete(oldest);
  }

  #forget(): void {
    for (const hash of [...this.#kept].slice(0, Math.max(0, this.#kept.size - IN_REFS_MAX))) {
      this.#kept.delete(hash);
      this.#mirror.removeRef(`${IN_REFS}/${hash}`);
    }
  }
}

/** Branch names differ where folders or letter case of a disk may not: a hash never clashes. */
export function inRef(ref: RefName): string {
  return `${IN_REFS}/${hashOf(ref)}`;
}

/** The last guard before git: a name that `parseBranch` would not accept is a bug here, never a command there. */
export function checked(ref: RefName): RefName {
  const parsed = parseBranch(ref);
  if (!parsed.ok || parsed.ref !== ref) throw new MaestroError('internal', 'A branch name that was never accepted reached the git adapter.');
  return ref;
}

/** Joins small packs; drops no object, also none that nothing points to. A failure costs only speed. */
async function tidy(mirror: Mirror): Promise<void> {
  const packs = readdirSync(join(mirror.directory, 'objects/pack')).filter((name) => name.endsWith('.pack'));
  if (packs.length < PACKS_MAX) return;
  await mirror.reach(['repack', '-d', '-n', '--quiet', '--geometric=2'], { timeoutMs: FIRST_TIMEOUT_MS }).catch(() => undefined);
}

function hashOf(ref: RefName): string {
  return createHash('sha256').update(ref).digest('hex').slice(0, REF_HASH_DIGITS);
}
