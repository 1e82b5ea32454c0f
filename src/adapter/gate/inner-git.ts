// The small `.git` a gate's command may use: the candidate as HEAD, objects lent by the mirror, no remote. None of our own
// calls ever reads it, so whatever a gate does to it has no effect.
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Oid } from '../../merge/branch.ts';
import type { Place } from './checkout.ts';
import { remove } from './remove.ts';

const SHA256_DIGITS = 64;

/** A few small files: written at once they are there before a first answer of the thread pool would be. */
export async function makeInnerGit(tree: string, mirror: string, commit: Oid): Promise<void> {
  const git = join(tree, '.git');
  await makeAnew(git);
  mkdirSync(join(git, 'refs/heads'), { recursive: true });
  mkdirSync(join(git, 'objects/info'), { recursive: true });
  writeFileSync(join(git, 'HEAD'), `${commit}\n`);
  writeFileSync(join(git, 'config'), configFor(commit));
  writeFileSync(join(git, 'objects/info/alternates'), `${resolve(mirror, 'objects')}\n`);
}

/** Its own copy: the command's git may rewrite it. */
export function giveIndex(place: Place): void {
  copyFileSync(place.index, join(place.tree, '.git/index'));
}

/** One that is there already is not ours: a gate put it there, or a link. */
async function makeAnew(git: string): Promise<void> {
  try {
    mkdirSync(git);
  } catch {
    await remove(git);
    mkdirSync(git);
  }
}

function configFor(commit: Oid): string {
  if (commit.length === SHA256_DIGITS) return '[core]\n\trepositoryformatversion = 1\n\tbare = false\n[extensions]\n\tobjectformat = sha256\n';
  return '[core]\n\trepositoryformatversion = 0\n\tbare = false\n';
}
