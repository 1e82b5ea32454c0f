// The small `.git` a gate's command may use: the candidate as HEAD, objects lent by the mirror, no remote. None of our own
// calls ever reads it, so whatever a gate does to it has no effect.
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Oid } from '../../merge/branch.ts';
import type { Place } from './checkout.ts';

const SHA256_DIGITS = 64;

export async function writeInnerGit(place: Place, mirror: string, commit: Oid): Promise<void> {
  const git = join(place.tree, '.git');
  // Not recursive: a `.git` that is there already is not ours.
  await mkdir(git);
  await Promise.all([mkdir(join(git, 'objects/info'), { recursive: true }), mkdir(join(git, 'refs/heads'), { recursive: true })]);
  await Promise.all([
    writeFile(join(git, 'HEAD'), `${commit}\n`),
    writeFile(join(git, 'config'), configFor(commit)),
    writeFile(join(git, 'objects/info/alternates'), `${resolve(mirror, 'objects')}\n`),
    copyFile(place.index, join(git, 'index')),
  ]);
}

function configFor(commit: Oid): string {
  if (commit.length === SHA256_DIGITS) return '[core]\n\trepositoryformatversion = 1\n\tbare = false\n[extensions]\n\tobjectformat = sha256\n';
  return '[core]\n\trepositoryformatversion = 0\n\tbare = false\n';
}
