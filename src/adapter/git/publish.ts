// Shows commits of ours on the remote under names of ours: an option to look at, a candidate for the forge's checks. Never moves anybody else's ref.
import { createHash } from 'node:crypto';
import { MaestroError } from '../../error.ts';
import type { Oid } from '../../merge/branch.ts';
import type { PublishedRef } from '../../port/git.ts';
import { askRefs, lastWords } from './ask.ts';
import { OUT_REFS, type Mirror } from './mirror.ts';

const TIMEOUT_MS = 60_000;
const TRIES_MAX = 2;
const OPTIONS = ['push', '--porcelain', '--no-verify', '--no-signed', '--no-follow-tags', '--recurse-submodules=no', '--no-progress'];

/** Throws `unreachable` when the remote was not seen to take it, `forge-refused` when it says no. */
export async function publish(mirror: Mirror, ref: PublishedRef, oid: Oid): Promise<void> {
  const folder = `${OUT_REFS}/${createHash('sha256').update(`${ref} ${oid}`).digest('hex')}`;
  let known: Oid | null = null;
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    mirror.writeRef(ref.replace(/^refs/, folder), oid);
    try {
      const result = await mirror.reach([...OPTIONS, `--force-with-lease=${ref}:${known ?? ''}`, mirror.address.url, `+${folder}/*:refs/*`], { timeoutMs: TIMEOUT_MS });
      if (result.code === 0) return;
      if (!/stale info/.test(result.stdout.toString('utf8'))) throw new MaestroError('unreachable', `${ref} could not be shown on the remote: ${lastWords(result.stderr)}`, { retryable: true });
    } finally {
      mirror.removeRef(folder);
    }
    known = (await askRefs(mirror, [ref])).get(ref) ?? null;
    if (known === oid) return;
  }
  throw new MaestroError('unreachable', `${ref} changes on the remote faster than it can be written`, { retryable: true });
}

/** Throws `unreachable` when the remote does not answer; somebody else's commit under that name stays. */
export async function withdraw(mirror: Mirror, ref: PublishedRef, oid: Oid): Promise<void> {
  const result = await mirror.reach([...OPTIONS, `--force-with-lease=${ref}:${oid}`, mirror.address.url, `:${ref}`], { timeoutMs: TIMEOUT_MS });
  if (result.code !== 0 && !/stale info|remote ref does not exist/.test(`${result.stdout.toString('utf8')}${result.stderr}`)) throw new MaestroError('unreachable', `${ref} could not be taken away: ${lastWords(result.stderr)}`, { retryable: true });
}
